"""commits by itself

Revision ID: 96c190a2a67a
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "96c190a2a67a"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    bind.execute(sa.text("UPDATE agreement SET status = 'open' WHERE status IS NULL"))
    bind.commit()  #! explicit-commit


def downgrade() -> None:  #? downgrade-empty
    pass

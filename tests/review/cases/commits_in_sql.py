"""commits in sql

Revision ID: 948fc979cbdc
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "948fc979cbdc"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE agreement SET status = 'open' WHERE status IS NULL")
    op.execute("COMMIT")  #! explicit-commit


def downgrade() -> None:  #? downgrade-empty
    pass

"""downgrade of moved data is empty

Revision ID: 457c5df49357
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "457c5df49357"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE agreement SET status = 'open' WHERE status = 'new'")


def downgrade() -> None:  #! downgrade-empty
    pass

"""clean backfill in batches

Revision ID: 2373bc12fa3e
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "2373bc12fa3e"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE agreement SET status = 'open' WHERE status IS NULL AND id < 10000")
    op.execute("UPDATE agreement SET status = 'open' WHERE status IS NULL AND id >= 10000")


def downgrade() -> None:  #? downgrade-empty
    pass

"""clean temporary table

Revision ID: 8f6aefd17c24
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "8f6aefd17c24"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TEMPORARY TABLE moved ON COMMIT DROP AS SELECT id FROM agreement WHERE status = 'old'")
    op.execute("UPDATE agreement SET status = 'closed' FROM moved WHERE moved.id = agreement.id")
    op.execute("DROP TABLE moved")


def downgrade() -> None:  #? downgrade-empty
    pass

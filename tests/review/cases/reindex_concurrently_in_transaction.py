"""reindex concurrently in transaction

Revision ID: fd4918dce0d2
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "fd4918dce0d2"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REINDEX INDEX CONCURRENTLY ix_agreement_status")  #! concurrent-in-transaction


def downgrade() -> None:  #? downgrade-empty
    pass

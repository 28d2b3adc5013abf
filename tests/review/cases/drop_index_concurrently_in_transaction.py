"""drop index concurrently in transaction

Revision ID: c05383ac76f8
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "c05383ac76f8"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_agreement_status", table_name="agreement", postgresql_concurrently=True)  #! concurrent-in-transaction


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_agreement_status", table_name="agreement", if_exists=True, postgresql_concurrently=True)
        op.create_index("ix_agreement_status", "agreement", ["status"], postgresql_concurrently=True)

"""index concurrently in transaction

Revision ID: 0c659982878c
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "0c659982878c"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_agreement_status", "agreement", ["status"], postgresql_concurrently=True)  #! concurrent-in-transaction


def downgrade() -> None:
    op.drop_index("ix_agreement_status", table_name="agreement")

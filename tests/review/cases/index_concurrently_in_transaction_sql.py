"""index concurrently in transaction sql

Revision ID: 59d530a7ce45
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "59d530a7ce45"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX CONCURRENTLY ix_agreement_status ON agreement (status)")  #! concurrent-in-transaction


def downgrade() -> None:
    op.execute("DROP INDEX ix_agreement_status")

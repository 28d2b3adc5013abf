"""index sql locks writes

Revision ID: 46b58b019a1c
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "46b58b019a1c"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_agreement_lower ON agreement (lower(name))")  #! index-not-concurrent


def downgrade() -> None:
    op.execute("DROP INDEX ix_agreement_lower")

"""clean new column filled

Revision ID: 54e81496a290
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "54e81496a290"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("status", sa.String(20), nullable=True))
    op.execute("UPDATE agreement SET status = CASE WHEN closed_at IS NULL THEN 'open' ELSE 'closed' END")


def downgrade() -> None:
    op.drop_column("agreement", "status")

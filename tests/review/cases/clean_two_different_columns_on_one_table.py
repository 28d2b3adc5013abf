"""clean two different columns on one table

Revision ID: 52634161fb40
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "52634161fb40"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agreement", sa.Column("closed_by", sa.String(80), nullable=True))


def downgrade() -> None:
    op.drop_column("agreement", "closed_by")
    op.drop_column("agreement", "closed_at")

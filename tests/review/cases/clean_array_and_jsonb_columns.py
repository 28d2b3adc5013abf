"""clean array and jsonb columns

Revision ID: 320b044f84d0
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "320b044f84d0"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vendor", sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("vendor", sa.Column("extra", postgresql.JSONB(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("vendor", "extra")
    op.drop_column("vendor", "tags")

"""not null without default

Revision ID: 5ef641e51b9a
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "5ef641e51b9a"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("vendor_type", sa.String(20), nullable=False))  #! not-null-no-default


def downgrade() -> None:
    op.drop_column("agreement", "vendor_type")

"""foreign key inline

Revision ID: e72c5b177612
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "e72c5b177612"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("vendor_id", sa.Integer(), sa.ForeignKey("vendor.id"), nullable=True))  #! fk-inline-column


def downgrade() -> None:
    op.drop_column("agreement", "vendor_id")

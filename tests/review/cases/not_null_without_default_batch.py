"""not null without default batch

Revision ID: 337a820e0122
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "337a820e0122"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.add_column(sa.Column("vendor_type", sa.String(20), nullable=False))  #! not-null-no-default


def downgrade() -> None:
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.drop_column("vendor_type")

"""clean table created by a shared helper

Revision ID: d8a04b7c5e12
Revises: c7e2f1906b3d
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

from shop.migrations.shared import create_table

revision = "d8a04b7c5e12"
down_revision = "c7e2f1906b3d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_notice_due"), "notice", ["due"])
    op.add_column("notice", sa.Column("sent", sa.Boolean(), nullable=False))


def downgrade() -> None:
    op.drop_table("notice")

"""clean new table with unique index

Revision ID: ec28d7f698a1
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "ec28d7f698a1"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.UniqueConstraint("name", name="uq_tag_name"),
    )
    op.create_index(op.f("ix_tag_name"), "tag", ["name"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_tag_name"), table_name="tag")
    op.drop_table("tag")

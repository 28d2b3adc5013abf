"""clean partial index on new table

Revision ID: 5090335d8232
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "5090335d8232"
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
    op.create_index("ix_tag_open", "tag", ["name"], postgresql_where=sa.text("name <> ''"))


def downgrade() -> None:
    op.drop_index("ix_tag_open", table_name="tag")
    op.drop_table("tag")

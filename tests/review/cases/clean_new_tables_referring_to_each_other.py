"""clean new tables referring to each other

Revision ID: cfa17b17f0f4
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "cfa17b17f0f4"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("tag", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table(
        "tagging",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("tag_id", sa.Integer(), sa.ForeignKey("tag.id"), nullable=False, index=True),
    )
    op.create_foreign_key("fk_tag_tagging", "tag", "tagging", ["id"], ["id"])


def downgrade() -> None:
    op.drop_constraint("fk_tag_tagging", "tag", type_="foreignkey")
    op.drop_table("tagging")
    op.drop_table("tag")

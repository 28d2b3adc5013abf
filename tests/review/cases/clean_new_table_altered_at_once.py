"""clean new table altered at once

Revision ID: 98d664b936ac
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "98d664b936ac"
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
    op.add_column("tag", sa.Column("rank", sa.Integer(), nullable=False))
    op.alter_column("tag", "name", existing_type=sa.String(40), type_=sa.String(20))
    op.create_unique_constraint("uq_tag_rank", "tag", ["rank"])
    op.create_check_constraint("ck_tag_rank", "tag", "rank > 0")


def downgrade() -> None:
    op.drop_table("tag")

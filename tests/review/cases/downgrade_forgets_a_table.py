"""downgrade forgets a table

Revision ID: a7f378f75fc2
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "a7f378f75fc2"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("tag", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("tagging", sa.Column("id", sa.Integer(), primary_key=True))  #! downgrade-asymmetric


def downgrade() -> None:
    op.drop_table("tag")

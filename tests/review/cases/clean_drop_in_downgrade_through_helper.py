"""clean drop in downgrade through helper

Revision ID: 1bec009bd065
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "1bec009bd065"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def add(table):
    op.add_column(table, sa.Column("note", sa.Text(), nullable=True))


def remove(table):
    op.drop_column(table, "note")


def upgrade() -> None:
    add("agreement")


def downgrade() -> None:
    remove("agreement")

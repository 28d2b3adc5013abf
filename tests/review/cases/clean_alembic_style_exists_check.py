"""clean alembic style exists check

Revision ID: 6423aa46b4fd
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "6423aa46b4fd"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    inspector = sa.inspect(op.get_bind())
    if not inspector.has_table("tag"):
        op.create_table("tag", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    inspector = sa.inspect(op.get_bind())
    if inspector.has_table("tag"):
        op.drop_table("tag")

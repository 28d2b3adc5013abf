"""clean nullable column

Revision ID: ee91d3e46219
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "ee91d3e46219"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("agreement", "note")

"""drop column in helper

Revision ID: 6af65a10d325
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "6af65a10d325"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def drop_from(table, *columns):
    for column in columns:
        op.drop_column(table, column)  #! drop-column


def upgrade() -> None:
    drop_from("agreement", "nickname")


def downgrade() -> None:
    op.add_column("agreement", sa.Column("nickname", sa.String(50), nullable=True))

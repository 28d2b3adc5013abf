"""clean rename column by hand

Revision ID: 6ba1ace1d006
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "6ba1ace1d006"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("nick_name", sa.String(50), nullable=True))
    op.execute("UPDATE agreement SET nick_name = nickname WHERE nick_name IS NULL")


def downgrade() -> None:
    op.drop_column("agreement", "nick_name")

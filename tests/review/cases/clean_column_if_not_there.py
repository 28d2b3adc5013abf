"""clean column if not there

Revision ID: 4da795c3406b
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "4da795c3406b"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("agreement")]
    if "note" not in columns:
        op.add_column("agreement", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("agreement", "note")

"""drop column in condition

Revision ID: dfb2b9bcc45a
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "dfb2b9bcc45a"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("agreement"):
        op.drop_column("agreement", "nickname")  #! drop-column


def downgrade() -> None:
    op.add_column("agreement", sa.Column("nickname", sa.String(50), nullable=True))

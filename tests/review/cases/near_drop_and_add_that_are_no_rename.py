"""near drop and add that are no rename

Revision ID: d58c54fdc166
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "d58c54fdc166"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("total", sa.Numeric(12, 2), nullable=True))
    op.drop_column("agreement", "nickname")  #! drop-column


def downgrade() -> None:
    op.add_column("agreement", sa.Column("nickname", sa.String(50), nullable=True))
    op.drop_column("agreement", "total")

"""volatile default clock

Revision ID: a03889e5e42b
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "a03889e5e42b"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.func.clock_timestamp()))  #! volatile-default


def downgrade() -> None:
    op.drop_column("agreement", "seen_at")

"""clean column with server default

Revision ID: 407f1609375f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "407f1609375f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("status", sa.String(20), server_default="open", nullable=False))


def downgrade() -> None:
    op.drop_column("agreement", "status")

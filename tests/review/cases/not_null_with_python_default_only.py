"""not null with python default only

Revision ID: 0d48f39c4522
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "0d48f39c4522"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("kind", sa.String(20), default="plain", nullable=False))  #! not-null-no-default


def downgrade() -> None:
    op.drop_column("agreement", "kind")

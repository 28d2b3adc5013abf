"""not null without backfill

Revision ID: 56bc6acc8e45
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "56bc6acc8e45"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("agreement", "vendor_type", existing_type=sa.String(20), nullable=False)  #! not-null-no-backfill #? set-not-null


def downgrade() -> None:
    op.alter_column("agreement", "vendor_type", existing_type=sa.String(20), nullable=True)

"""set not null after backfill

Revision ID: f0221d8b4fe0
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "f0221d8b4fe0"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE agreement SET status = 'open' WHERE status IS NULL")
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=False)  #! set-not-null


def downgrade() -> None:
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=True)

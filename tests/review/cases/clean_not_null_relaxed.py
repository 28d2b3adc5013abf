"""clean not null relaxed

Revision ID: 46ce6d6698cf
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "46ce6d6698cf"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=True)


def downgrade() -> None:
    op.execute("UPDATE agreement SET status = 'open' WHERE status IS NULL")
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=False)  #? set-not-null

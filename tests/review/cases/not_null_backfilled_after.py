"""not null backfilled after

Revision ID: 6dc4b8522206
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "6dc4b8522206"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=False)  #! not-null-no-backfill #? set-not-null
    op.execute("UPDATE agreement SET status = 'open' WHERE status IS NULL")  #? work-after-ax, data-and-ddl


def downgrade() -> None:
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=True)

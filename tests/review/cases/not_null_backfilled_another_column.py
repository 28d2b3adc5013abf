"""not null backfilled another column

Revision ID: 5afbd5a1a4c9
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "5afbd5a1a4c9"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE agreement SET state = 'open' WHERE state IS NULL")
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=False)  #! not-null-no-backfill #? set-not-null, data-and-ddl


def downgrade() -> None:
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=True)

"""not null without backfill sql

Revision ID: 1980c51aff8a
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "1980c51aff8a"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE agreement ALTER COLUMN vendor_type SET NOT NULL")  #! not-null-no-backfill #? set-not-null


def downgrade() -> None:
    op.execute("ALTER TABLE agreement ALTER COLUMN vendor_type DROP NOT NULL")

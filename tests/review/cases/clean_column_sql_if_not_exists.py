"""clean column sql if not exists

Revision ID: 3c4f8fa79fd7
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "3c4f8fa79fd7"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE agreement ADD COLUMN IF NOT EXISTS note text")


def downgrade() -> None:
    op.execute("ALTER TABLE agreement DROP COLUMN IF EXISTS note")

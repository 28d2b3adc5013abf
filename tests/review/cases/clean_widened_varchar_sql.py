"""clean widened varchar sql

Revision ID: 9ca4cd8d448f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "9ca4cd8d448f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE vendor ALTER COLUMN name TYPE text")


def downgrade() -> None:  #? downgrade-empty
    pass

"""clean schema created

Revision ID: bd6eba8b51bd
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "bd6eba8b51bd"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS staging")


def downgrade() -> None:
    op.execute("DROP SCHEMA IF EXISTS staging")

"""clean view

Revision ID: d5da13d51d7f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "d5da13d51d7f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE OR REPLACE VIEW active_agreement AS SELECT * FROM agreement WHERE status = 'open'")


def downgrade() -> None:
    op.execute("DROP VIEW IF EXISTS active_agreement")

"""drop schema cascade

Revision ID: bcaae7ec5a0f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "bcaae7ec5a0f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP SCHEMA staging CASCADE")  #! drop-cascade


def downgrade() -> None:
    op.execute("CREATE SCHEMA staging")

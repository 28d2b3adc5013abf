"""clean index renamed

Revision ID: 9481f9f1620f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "9481f9f1620f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER INDEX ix_vendor_code RENAME TO ix_vendor_code_old")


def downgrade() -> None:
    op.execute("ALTER INDEX ix_vendor_code_old RENAME TO ix_vendor_code")

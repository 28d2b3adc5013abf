"""clean constraint renamed

Revision ID: 44ac134f251b
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "44ac134f251b"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE vendor RENAME CONSTRAINT vendor_code_key TO uq_vendor_code")


def downgrade() -> None:
    op.execute("ALTER TABLE vendor RENAME CONSTRAINT uq_vendor_code TO vendor_code_key")

"""clean unique using index

Revision ID: 0123c61e6250
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "0123c61e6250"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_vendor_code")
        op.execute("CREATE UNIQUE INDEX CONCURRENTLY uq_vendor_code ON vendor (code)")
    op.execute("ALTER TABLE vendor ADD CONSTRAINT uq_vendor_code UNIQUE USING INDEX uq_vendor_code")


def downgrade() -> None:
    op.drop_constraint("uq_vendor_code", "vendor", type_="unique")

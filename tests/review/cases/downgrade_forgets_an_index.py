"""downgrade forgets an index

Revision ID: 8ecfb3907a5b
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "8ecfb3907a5b"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("tag", sa.Column("id", sa.Integer(), primary_key=True))
    with op.get_context().autocommit_block():
        op.drop_index("ix_vendor_name", table_name="vendor", if_exists=True, postgresql_concurrently=True)
        op.create_index("ix_vendor_name", "vendor", ["name"], postgresql_concurrently=True)  #! downgrade-asymmetric


def downgrade() -> None:
    op.drop_table("tag")

"""unique index locks writes

Revision ID: e3b725e89c6e
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "e3b725e89c6e"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_vendor_code"), "vendor", ["code"], unique=True, if_not_exists=True)  #! index-not-concurrent


def downgrade() -> None:
    op.drop_index(op.f("ix_vendor_code"), table_name="vendor", if_exists=True)

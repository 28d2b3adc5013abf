"""unique constraint

Revision ID: 96dd91c2682e
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "96dd91c2682e"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_unique_constraint("uq_vendor_code", "vendor", ["code"])  #! unique-constraint


def downgrade() -> None:
    op.drop_constraint("uq_vendor_code", "vendor", type_="unique")

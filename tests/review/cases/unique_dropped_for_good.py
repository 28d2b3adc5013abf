"""unique dropped for good

Revision ID: 518fd0097242
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "518fd0097242"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("uq_vendor_code", "vendor", type_="unique")  #! drop-constraint-unreplaced


def downgrade() -> None:
    op.create_unique_constraint("uq_vendor_code", "vendor", ["code"])  #? unique-constraint

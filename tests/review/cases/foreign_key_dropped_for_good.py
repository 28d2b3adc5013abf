"""foreign key dropped for good

Revision ID: 718ca839e13f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "718ca839e13f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("fk_agreement_vendor", "agreement", type_="foreignkey")  #! drop-constraint-unreplaced


def downgrade() -> None:
    op.create_foreign_key("fk_agreement_vendor", "agreement", "vendor", ["vendor_id"], ["id"])  #? fk-validated

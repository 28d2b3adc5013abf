"""drop unnamed constraint

Revision ID: 82d906d106aa
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "82d906d106aa"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(None, "agreement", type_="foreignkey")  #! unnamed-constraint #? drop-constraint-unreplaced


def downgrade() -> None:
    op.create_foreign_key(None, "agreement", "vendor", ["vendor_id"], ["id"])  #? fk-validated, unnamed-constraint

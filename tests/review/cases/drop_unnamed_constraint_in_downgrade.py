"""drop unnamed constraint in downgrade

Revision ID: 85938fd3540f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "85938fd3540f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_unique_constraint(None, "vendor", ["code"])  #! unique-constraint #? unnamed-constraint


def downgrade() -> None:
    op.drop_constraint(None, "vendor", type_="unique")  #! unnamed-constraint

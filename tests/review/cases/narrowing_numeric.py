"""narrowing numeric

Revision ID: 6407af2a8129
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "6407af2a8129"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("invoice", "total", existing_type=sa.Numeric(12, 4), type_=sa.Numeric(10, 2))  #! narrowing-type #? type-change-rewrite


def downgrade() -> None:
    op.alter_column("invoice", "total", existing_type=sa.Numeric(10, 2), type_=sa.Numeric(12, 4))  #? type-change-rewrite

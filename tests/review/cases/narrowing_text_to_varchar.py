"""narrowing text to varchar

Revision ID: 687d225834ec
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "687d225834ec"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("vendor", "note", existing_type=sa.Text(), type_=sa.String(100))  #! narrowing-type #? type-change-rewrite


def downgrade() -> None:
    op.alter_column("vendor", "note", existing_type=sa.String(100), type_=sa.Text())

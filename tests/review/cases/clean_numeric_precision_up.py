"""clean numeric precision up

Revision ID: 472ff28230bd
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "472ff28230bd"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("invoice", "total", existing_type=sa.Numeric(10, 2), type_=sa.Numeric(14, 2))


def downgrade() -> None:
    op.alter_column("invoice", "total", existing_type=sa.Numeric(14, 2), type_=sa.Numeric(10, 2))  #? narrowing-type

"""clean varchar to text

Revision ID: a025c4b0dca2
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "a025c4b0dca2"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("vendor", "name", existing_type=sa.String(50), type_=sa.Text())


def downgrade() -> None:
    op.alter_column("vendor", "name", existing_type=sa.Text(), type_=sa.String(50))  #? narrowing-type, type-change-rewrite

"""narrowing integer

Revision ID: 8a375b394475
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "8a375b394475"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("vendor", "score", existing_type=sa.BigInteger(), type_=sa.Integer())  #! narrowing-type #? type-change-rewrite


def downgrade() -> None:
    op.alter_column("vendor", "score", existing_type=sa.Integer(), type_=sa.BigInteger())  #? type-change-rewrite

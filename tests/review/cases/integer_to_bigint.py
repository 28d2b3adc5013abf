"""integer to bigint

Revision ID: 7f6b9cf03098
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "7f6b9cf03098"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("agreement", "number", existing_type=sa.Integer(), type_=sa.BigInteger())  #! type-change-rewrite


def downgrade() -> None:
    op.alter_column("agreement", "number", existing_type=sa.BigInteger(), type_=sa.Integer())  #? narrowing-type, type-change-rewrite

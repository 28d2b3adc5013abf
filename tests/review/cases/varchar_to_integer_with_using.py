"""varchar to integer with using

Revision ID: 7f958a8111a7
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "7f958a8111a7"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("agreement", "number", existing_type=sa.String(20), type_=sa.Integer(), postgresql_using="number::integer")  #! type-change-rewrite


def downgrade() -> None:
    op.alter_column("agreement", "number", existing_type=sa.Integer(), type_=sa.String(20))  #? type-change-rewrite, narrowing-type

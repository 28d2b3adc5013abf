"""clean dialect branch

Revision ID: 0f5c9ac7aa26
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "0f5c9ac7aa26"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("agreement") as batch_op:
            batch_op.alter_column("status", existing_type=sa.String(20), type_=sa.Text())
    else:
        op.alter_column("agreement", "status", existing_type=sa.String(20), type_=sa.Text())


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("agreement") as batch_op:
            batch_op.alter_column("status", existing_type=sa.Text(), type_=sa.String(20))  #? narrowing-type, type-change-rewrite
    else:
        op.alter_column("agreement", "status", existing_type=sa.Text(), type_=sa.String(20))  #? narrowing-type, type-change-rewrite

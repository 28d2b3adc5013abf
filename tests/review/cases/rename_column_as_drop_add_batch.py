"""rename column as drop add batch

Revision ID: 0545440aef5a
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "0545440aef5a"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("vendor") as batch_op:
        batch_op.add_column(sa.Column("phone_number", sa.String(32), nullable=True))
        batch_op.drop_column("phone_no")  #! rename-as-drop-add-column


def downgrade() -> None:
    with op.batch_alter_table("vendor") as batch_op:
        batch_op.add_column(sa.Column("phone_no", sa.String(32), nullable=True))
        batch_op.drop_column("phone_number")

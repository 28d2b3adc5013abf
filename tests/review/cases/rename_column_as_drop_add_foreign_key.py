"""rename column as drop add foreign key

Revision ID: fb39705dcfa7
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "fb39705dcfa7"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("vendor_ref_id", sa.Integer(), nullable=True))
    op.drop_column("agreement", "vendor_id")  #! rename-as-drop-add-column


def downgrade() -> None:
    op.add_column("agreement", sa.Column("vendor_id", sa.Integer(), nullable=True))
    op.drop_column("agreement", "vendor_ref_id")

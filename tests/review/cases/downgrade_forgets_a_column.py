"""downgrade forgets a column

Revision ID: 05902a6d2836
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "05902a6d2836"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("agreement", sa.Column("remark", sa.Text(), nullable=True))  #! downgrade-asymmetric


def downgrade() -> None:
    op.drop_column("agreement", "note")

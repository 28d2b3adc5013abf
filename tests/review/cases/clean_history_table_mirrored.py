"""clean history table mirrored

Revision ID: a70e082e201a
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "a70e082e201a"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("agreement_history", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("agreement_history", "note")
    op.drop_column("agreement", "note")

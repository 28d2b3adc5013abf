"""downgrade is missing

Revision ID: 2f94c7bf6850
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "2f94c7bf6850"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:  #! downgrade-empty
    op.add_column("agreement", sa.Column("note", sa.Text(), nullable=True))

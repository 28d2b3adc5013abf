"""clean text to unbounded varchar

Revision ID: 2a91e24f06bb
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "2a91e24f06bb"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("vendor", "name", existing_type=sa.Text(), type_=sa.String())


def downgrade() -> None:
    op.alter_column("vendor", "name", existing_type=sa.String(), type_=sa.Text())

"""update all

Revision ID: 87be1044a6bc
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "87be1044a6bc"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE agreement SET status = 'open'")  #! update-all-rows


def downgrade() -> None:  #? downgrade-empty
    pass

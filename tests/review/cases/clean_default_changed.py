"""clean default changed

Revision ID: 4cbca8cd7b13
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "4cbca8cd7b13"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("agreement", "status", server_default="new")


def downgrade() -> None:
    op.alter_column("agreement", "status", server_default="open")

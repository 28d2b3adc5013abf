"""clean default dropped

Revision ID: 4e3fc3c4f1a7
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "4e3fc3c4f1a7"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("agreement", "status", existing_type=sa.String(20), server_default=None)


def downgrade() -> None:
    op.alter_column("agreement", "status", existing_type=sa.String(20), server_default="open")

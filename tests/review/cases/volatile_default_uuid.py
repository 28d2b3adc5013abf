"""volatile default uuid

Revision ID: db6a0f4ec342
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "db6a0f4ec342"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("token", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False))  #! volatile-default


def downgrade() -> None:
    op.drop_column("agreement", "token")

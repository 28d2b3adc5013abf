"""clean comment changed

Revision ID: 314affada514
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "314affada514"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("agreement", "status", comment="open, closed")


def downgrade() -> None:
    op.alter_column("agreement", "status", comment=None)

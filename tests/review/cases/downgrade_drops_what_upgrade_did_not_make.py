"""downgrade drops what upgrade did not make

Revision ID: f8f474960864
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "f8f474960864"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("vendor_type", sa.String(20), nullable=True))


def downgrade() -> None:
    op.drop_column("agreement", "vendor_type")
    op.drop_column("agreement", "nickname")  #! drop-column

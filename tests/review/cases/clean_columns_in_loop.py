"""clean columns in loop

Revision ID: 7503c696bc28
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "7503c696bc28"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("street", "city", "zip_code"):
        op.add_column("vendor", sa.Column(name, sa.String(80), nullable=True))


def downgrade() -> None:
    for name in ("zip_code", "city", "street"):
        op.drop_column("vendor", name)

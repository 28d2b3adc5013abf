"""import missing of models

Revision ID: 2515372fe06d
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "2515372fe06d"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vendor", sa.Column("address", models.types.AddressType(), nullable=True))  #! missing-import


def downgrade() -> None:
    op.drop_column("vendor", "address")

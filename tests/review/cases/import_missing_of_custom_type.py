"""import missing of custom type

Revision ID: 10c73b20465f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "10c73b20465f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vendor", sa.Column("place", geoalchemy2.types.Geometry("POINT"), nullable=True))  #! missing-import


def downgrade() -> None:
    op.drop_column("vendor", "place")

"""add vendor rating

Revision ID: 09d5a7e2c4f6
Revises: f3b8160ce2d4
Create Date: 2025-05-12 15:33:21.904418

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "09d5a7e2c4f6"
down_revision: str | Sequence[str] | None = "f3b8160ce2d4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("vendor", sa.Column("rating", sa.Numeric(2, 1), nullable=True), schema="ops")
    op.add_column(
        "vendor_history", sa.Column("rating", sa.Numeric(2, 1), nullable=True), schema="ops"
    )
    op.create_check_constraint(
        op.f("ck_vendor_rating_range"),
        "vendor",
        "rating BETWEEN 0 AND 5",
        schema="ops",
        postgresql_not_valid=True,
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_vendor_rating_range"), "vendor", schema="ops", type_="check")
    op.drop_column("vendor_history", "rating", schema="ops")
    op.drop_column("vendor", "rating", schema="ops")

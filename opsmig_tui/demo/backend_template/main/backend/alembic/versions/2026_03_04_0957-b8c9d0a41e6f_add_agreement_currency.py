"""add agreement currency

Revision ID: b8c9d0a41e6f
Revises: 7e35d1a8c0f2
Create Date: 2026-03-04 09:57:13.684025

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "b8c9d0a41e6f"
down_revision: str | Sequence[str] | None = "7e35d1a8c0f2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "agreement", sa.Column("currency", sa.String(length=3), nullable=True), schema="ops"
    )
    op.add_column(
        "agreement_history", sa.Column("currency", sa.String(length=3), nullable=True), schema="ops"
    )
    bind = op.get_bind()
    past = bind.execute(
        sa.text("UPDATE ops.agreement_history SET currency = 'EUR' WHERE currency IS NULL")
    )
    filled = bind.execute(
        sa.text(
            """
            UPDATE ops.agreement SET currency = CASE vendor.country
                WHEN 'US' THEN 'USD' WHEN 'GB' THEN 'GBP' WHEN 'CH' THEN 'CHF' ELSE 'EUR' END
            FROM ops.vendor
            WHERE vendor.id = agreement.vendor_id AND agreement.currency IS NULL
            """
        )
    )
    print(f"backfilled {filled.rowcount} agreements and {past.rowcount} rows of their history")
    op.alter_column("agreement", "currency", nullable=False, schema="ops")
    op.alter_column("agreement_history", "currency", nullable=False, schema="ops")


def downgrade() -> None:
    op.drop_column("agreement_history", "currency", schema="ops")
    op.drop_column("agreement", "currency", schema="ops")

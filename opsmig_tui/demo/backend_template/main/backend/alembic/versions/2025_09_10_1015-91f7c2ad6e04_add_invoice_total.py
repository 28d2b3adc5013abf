"""add invoice total

Revision ID: 91f7c2ad6e04
Revises: 5bbc50e8f213
Create Date: 2025-09-10 10:15:40.711358

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "91f7c2ad6e04"
down_revision: str | Sequence[str] | None = "5bbc50e8f213"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "invoice",
        sa.Column("total", sa.Numeric(precision=12, scale=2), nullable=True),
        schema="ops",
    )
    op.execute(
        """
        UPDATE ops.invoice SET total = lines.total
        FROM (
            SELECT invoice_id, sum(quantity * unit_price) AS total
            FROM ops.invoice_line GROUP BY invoice_id
        ) AS lines
        WHERE lines.invoice_id = invoice.id
        """
    )


def downgrade() -> None:
    op.drop_column("invoice", "total", schema="ops")

"""add telemetry of assets

Revision ID: 7e35d1a8c0f2
Revises: c80b4f1e97d5
Create Date: 2026-01-19 15:36:44.270891

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "7e35d1a8c0f2"
down_revision: str | Sequence[str] | None = "c80b4f1e97d5"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for table in ("asset", "asset_history"):
        op.add_column(
            table,
            sa.Column("telemetry", postgresql.JSONB(), nullable=True),
            schema="ops",
        )


def downgrade() -> None:
    for table in ("asset_history", "asset"):
        op.drop_column(table, "telemetry", schema="ops")

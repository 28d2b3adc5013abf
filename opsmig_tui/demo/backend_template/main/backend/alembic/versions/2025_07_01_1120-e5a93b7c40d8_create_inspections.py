"""create inspections

Revision ID: e5a93b7c40d8
Revises: b71c3e58d09a
Create Date: 2025-07-01 11:20:35.149006

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "e5a93b7c40d8"
down_revision: str | Sequence[str] | None = "b71c3e58d09a"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "inspection",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column(
            "result",
            sa.Enum("passed", "remarks", "failed", name="inspection_result", schema="ops"),
            nullable=False,
        ),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["ops.asset.id"], name=op.f("fk_inspection_asset_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        schema="ops",
    )
    op.create_index(op.f("ix_inspection_asset_id"), "inspection", ["asset_id"], schema="ops")


def downgrade() -> None:
    op.drop_table("inspection", schema="ops")
    op.execute("DROP TYPE ops.inspection_result")

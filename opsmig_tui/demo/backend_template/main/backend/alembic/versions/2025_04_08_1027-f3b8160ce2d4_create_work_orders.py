"""create work orders

Revision ID: f3b8160ce2d4
Revises: 6a0e4d9b15c7
Create Date: 2025-04-08 10:27:44.213986

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "f3b8160ce2d4"
down_revision: str | Sequence[str] | None = "6a0e4d9b15c7"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "work_order",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "scheduled", "done", name="work_order_state", schema="ops"),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["ops.agreement.id"], name=op.f("fk_work_order_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["ops.asset.id"], name=op.f("fk_work_order_asset_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        schema="ops",
    )
    op.create_index(op.f("ix_work_order_asset_id"), "work_order", ["asset_id"], schema="ops")
    op.create_index(
        op.f("ix_work_order_agreement_id"), "work_order", ["agreement_id"], schema="ops"
    )


def downgrade() -> None:
    op.drop_table("work_order", schema="ops")
    op.execute("DROP TYPE ops.work_order_state")

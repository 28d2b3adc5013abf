"""add work order priority

Revision ID: a7c3f15d8e92
Revises: b8c9d0a41e6f
Create Date: 2026-04-15 14:20:37.145760

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "a7c3f15d8e92"
down_revision: str | Sequence[str] | None = "b8c9d0a41e6f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "work_order",
        sa.Column("priority", sa.SmallInteger(), server_default="3", nullable=False),
        schema="ops",
    )
    op.execute(
        "UPDATE ops.work_order SET priority = 1 WHERE closed_on IS NULL AND due_on < current_date"
    )
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_work_order_priority",
            "work_order",
            schema="ops",
            postgresql_concurrently=True,
            if_exists=True,
        )
        op.create_index(
            "ix_work_order_priority",
            "work_order",
            ["priority", "due_on"],
            schema="ops",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_work_order_priority",
            "work_order",
            schema="ops",
            postgresql_concurrently=True,
            if_exists=True,
        )
    op.drop_column("work_order", "priority", schema="ops")

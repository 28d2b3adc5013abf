"""add state on hold to work orders

Revision ID: 72d0f6c19ab5
Revises: 4c8fd2061be3
Create Date: 2025-07-09 14:51:06.832571

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "72d0f6c19ab5"
down_revision: str | Sequence[str] | None = "4c8fd2061be3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE ops.work_order_state ADD VALUE IF NOT EXISTS 'on_hold'")


def downgrade() -> None:
    # PostgreSQL cannot remove a value from an enum: make the type anew without it.
    op.execute("UPDATE ops.work_order SET state = 'open' WHERE state = 'on_hold'")
    op.execute("ALTER TYPE ops.work_order_state RENAME TO work_order_state_old")
    op.execute("CREATE TYPE ops.work_order_state AS ENUM ('open', 'scheduled', 'done')")
    op.execute(
        "ALTER TABLE ops.work_order ALTER COLUMN state "
        "TYPE ops.work_order_state USING state::text::ops.work_order_state"
    )
    op.execute("DROP TYPE ops.work_order_state_old")

"""index open work orders

Revision ID: c80b4f1e97d5
Revises: 2d6ea9f05b73
Create Date: 2025-12-03 11:28:02.956413

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "c80b4f1e97d5"
down_revision: str | Sequence[str] | None = "2d6ea9f05b73"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_work_order_open",
            "work_order",
            schema="ops",
            postgresql_concurrently=True,
            if_exists=True,
        )
        op.create_index(
            "ix_work_order_open",
            "work_order",
            ["due_on"],
            schema="ops",
            postgresql_where=sa.text("closed_on IS NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_work_order_open",
            "work_order",
            schema="ops",
            postgresql_concurrently=True,
            if_exists=True,
        )

"""merge work orders and inspections

Revision ID: 5bbc50e8f213
Revises: 72d0f6c19ab5, ae41b8957d0c
Create Date: 2025-07-22 16:04:58.027164

"""

from collections.abc import Sequence

# revision identifiers, used by Alembic.
revision: str = "5bbc50e8f213"
down_revision: str | Sequence[str] | None = ("72d0f6c19ab5", "ae41b8957d0c")
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass

"""add automatic renewal of agreements

Revision ID: 4c8fd2061be3
Revises: b71c3e58d09a
Create Date: 2025-06-25 17:09:12.580093

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "4c8fd2061be3"
down_revision: str | Sequence[str] | None = "b71c3e58d09a"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "agreement",
        sa.Column("renews", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="ops",
    )
    op.add_column(
        "agreement_history",
        sa.Column("renews", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="ops",
    )
    # What was true of the rows there are; from now on the trigger writes it.
    op.alter_column("agreement_history", "renews", server_default=None, schema="ops")


def downgrade() -> None:
    op.drop_column("agreement_history", "renews", schema="ops")
    op.drop_column("agreement", "renews", schema="ops")

"""clean new table with enum undone

Revision ID: 63073e3a23e3
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "63073e3a23e3"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Enum("rent", "lease", name="contract_kind"), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("contract")
    sa.Enum(name="contract_kind").drop(op.get_bind(), checkfirst=True)

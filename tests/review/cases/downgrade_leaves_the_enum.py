"""downgrade leaves the enum

Revision ID: c74f3099755c
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "c74f3099755c"
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
    op.drop_table("contract")  #! downgrade-enum-leak

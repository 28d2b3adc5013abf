"""enum type created twice

Revision ID: f34a43d6741d
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "f34a43d6741d"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum("rent", "lease", name="contract_kind").create(op.get_bind())
    op.create_table(  #! enum-type-exists
        "contract",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Enum("rent", "lease", name="contract_kind")),
    )


def downgrade() -> None:
    op.drop_table("contract")
    sa.Enum(name="contract_kind").drop(op.get_bind())

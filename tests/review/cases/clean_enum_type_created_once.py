"""clean enum type created once

Revision ID: 0245d062f323
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0245d062f323"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = postgresql.ENUM("rent", "lease", name="contract_kind", create_type=False)
    kind.create(op.get_bind(), checkfirst=True)
    op.create_table("contract", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("kind", kind))


def downgrade() -> None:
    op.drop_table("contract")
    postgresql.ENUM(name="contract_kind").drop(op.get_bind(), checkfirst=True)

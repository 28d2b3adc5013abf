"""clean enum value added

Revision ID: d5a34882ec3c
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "d5a34882ec3c"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE agreement_kind ADD VALUE IF NOT EXISTS 'lease'")


def downgrade() -> None:  #? downgrade-empty
    pass

"""clean enum value added and used in separate transactions

Revision ID: 40ea2e687fe0
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "40ea2e687fe0"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE agreement_kind ADD VALUE IF NOT EXISTS 'lease'")
    op.execute("UPDATE agreement SET kind = 'lease' WHERE kind = 'rent'")


def downgrade() -> None:
    op.execute("UPDATE agreement SET kind = 'rent' WHERE kind = 'lease'")

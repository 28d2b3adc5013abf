"""clean enum value added in transaction

Revision ID: 1b9d0b738a61
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "1b9d0b738a61"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TYPE agreement_kind ADD VALUE IF NOT EXISTS 'lease'")


def downgrade() -> None:  #? downgrade-empty
    pass

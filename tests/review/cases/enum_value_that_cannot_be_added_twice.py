"""enum value that cannot be added twice

Revision ID: 83c27ae8234e
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "83c27ae8234e"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE agreement_kind ADD VALUE 'lease'")  #! no-existence-guard


def downgrade() -> None:  #? downgrade-empty
    pass

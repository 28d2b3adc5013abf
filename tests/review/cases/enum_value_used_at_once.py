"""enum value used at once

Revision ID: 67009f746fe5
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "67009f746fe5"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TYPE agreement_kind ADD VALUE 'lease'")
    op.execute("UPDATE agreement SET kind = 'lease' WHERE kind = 'rent'")  #! enum-value-used-in-transaction


def downgrade() -> None:  #? downgrade-empty
    pass

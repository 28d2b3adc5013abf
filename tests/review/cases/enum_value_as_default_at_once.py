"""enum value as default at once

Revision ID: 0abf78bb8196
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "0abf78bb8196"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TYPE agreement_kind ADD VALUE IF NOT EXISTS 'lease'")
    op.alter_column("agreement", "kind", server_default="lease")  #! enum-value-used-in-transaction


def downgrade() -> None:  #? downgrade-empty
    pass

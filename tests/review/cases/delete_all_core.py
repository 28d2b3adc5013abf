"""delete all core

Revision ID: 16b357ad378d
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "16b357ad378d"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    log = sa.table("session_log", sa.column("id"))
    op.execute(log.delete())  #! truncate-or-delete-all


def downgrade() -> None:  #? downgrade-empty
    pass

"""set unlogged

Revision ID: 8c129e2a40a1
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "8c129e2a40a1"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE session_log SET UNLOGGED")  #! rewrite-command


def downgrade() -> None:
    op.execute("ALTER TABLE session_log SET LOGGED")  #? rewrite-command

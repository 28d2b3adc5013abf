"""truncate

Revision ID: 5a3a4ee420c2
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "5a3a4ee420c2"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("TRUNCATE TABLE session_log")  #! truncate-or-delete-all


def downgrade() -> None:  #? downgrade-empty
    pass

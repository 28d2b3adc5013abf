"""clean delete some

Revision ID: 108280874e90
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "108280874e90"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM session_log WHERE created_at < now() - interval '1 year'")


def downgrade() -> None:  #? downgrade-empty
    pass

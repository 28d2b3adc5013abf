"""lock table

Revision ID: 12111268f805
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "12111268f805"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("LOCK TABLE agreement IN ACCESS EXCLUSIVE MODE")  #! heavy-command


def downgrade() -> None:  #? downgrade-empty
    pass

"""reindex

Revision ID: 2ad945a5430f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "2ad945a5430f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REINDEX TABLE agreement")  #! rewrite-command


def downgrade() -> None:  #? downgrade-empty
    pass

"""volatile default sql

Revision ID: 75591a5221cc
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "75591a5221cc"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE agreement ADD COLUMN lot double precision DEFAULT random()")  #! volatile-default


def downgrade() -> None:
    op.drop_column("agreement", "lot")

"""drop column sql

Revision ID: 29a3020863d0
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "29a3020863d0"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE agreement DROP COLUMN IF EXISTS nickname")  #! drop-column


def downgrade() -> None:
    op.execute("ALTER TABLE agreement ADD COLUMN nickname varchar(50)")

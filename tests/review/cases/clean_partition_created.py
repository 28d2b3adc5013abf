"""clean partition created

Revision ID: 1c6046a09db9
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "1c6046a09db9"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE event_2026 (LIKE event INCLUDING ALL)")


def downgrade() -> None:
    op.execute("DROP TABLE event_2026")

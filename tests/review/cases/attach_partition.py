"""attach partition

Revision ID: 4f1030059da1
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "4f1030059da1"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE event ATTACH PARTITION event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")  #! heavy-command


def downgrade() -> None:
    op.execute("ALTER TABLE event DETACH PARTITION event_2026")  #? heavy-command

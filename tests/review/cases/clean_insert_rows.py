"""clean insert rows

Revision ID: 8a181e90c43e
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "8a181e90c43e"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    state = sa.table("agreement_state", sa.column("name"))
    op.bulk_insert(state, [{"name": "open"}, {"name": "closed"}])


def downgrade() -> None:
    op.execute("DELETE FROM agreement_state WHERE name IN ('open', 'closed')")

"""refresh materialized view

Revision ID: cf03df946081
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "cf03df946081"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REFRESH MATERIALIZED VIEW vendor_totals")  #! heavy-command


def downgrade() -> None:  #? downgrade-empty
    pass

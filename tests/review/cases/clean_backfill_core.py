"""clean backfill core

Revision ID: f15bd34ca0b1
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "f15bd34ca0b1"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    agreement = sa.table("agreement", sa.column("status"))
    op.execute(agreement.update().where(agreement.c.status.is_(None)).values(status="open"))


def downgrade() -> None:  #? downgrade-empty
    pass

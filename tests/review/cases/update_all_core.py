"""update all core

Revision ID: 26ac893815df
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "26ac893815df"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    agreement = sa.table("agreement", sa.column("status"))
    op.execute(agreement.update().values(status="open"))  #! update-all-rows


def downgrade() -> None:  #? downgrade-empty
    pass

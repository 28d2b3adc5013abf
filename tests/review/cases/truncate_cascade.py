"""truncate cascade

Revision ID: e49a685be54a
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "e49a685be54a"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("TRUNCATE vendor CASCADE")  #! truncate-or-delete-all


def downgrade() -> None:  #? downgrade-empty
    pass

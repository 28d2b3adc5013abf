"""drop table sql

Revision ID: 31ca895b38ec
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "31ca895b38ec"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TABLE IF EXISTS legacy_agreement")  #! drop-table


def downgrade() -> None:
    op.execute("CREATE TABLE legacy_agreement (id serial PRIMARY KEY)")

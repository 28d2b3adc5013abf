"""clean exception raised again

Revision ID: 972a33b660f5
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "972a33b660f5"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    try:
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    except Exception as error:
        raise RuntimeError("postgis has to be installed on the server first") from error


def downgrade() -> None:
    op.execute("DROP EXTENSION IF EXISTS postgis")

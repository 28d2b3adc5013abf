"""clean new table sql

Revision ID: 1e44faac149b
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "1e44faac149b"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS tag (
            id bigserial PRIMARY KEY,
            token uuid NOT NULL DEFAULT gen_random_uuid(),
            name text NOT NULL
        )
    """)
    op.execute("CREATE UNIQUE INDEX ON tag (name)")


def downgrade() -> None:
    op.execute("DROP TABLE IF EXISTS tag")

"""drop type cascade

Revision ID: 1f3c3fac03bf
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "1f3c3fac03bf"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TYPE agreement_kind CASCADE")  #! drop-cascade


def downgrade() -> None:
    op.execute("CREATE TYPE agreement_kind AS ENUM ('a', 'b')")

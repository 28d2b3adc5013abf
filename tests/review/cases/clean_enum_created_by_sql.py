"""clean enum created by sql

Revision ID: b63440f87315
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "b63440f87315"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TYPE contract_kind AS ENUM ('rent', 'lease')")
    op.execute("ALTER TABLE agreement ADD COLUMN kind contract_kind")


def downgrade() -> None:
    op.execute("ALTER TABLE agreement DROP COLUMN kind")
    op.execute("DROP TYPE contract_kind")

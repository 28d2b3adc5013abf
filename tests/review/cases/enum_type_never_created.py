"""enum type never created

Revision ID: ba30e0512d6d
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "ba30e0512d6d"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = postgresql.ENUM("rent", "lease", name="contract_kind", create_type=False)
    op.add_column("agreement", sa.Column("kind", kind, nullable=True))  #? enum-type-missing


def downgrade() -> None:
    op.drop_column("agreement", "kind")

"""clean enum created then used

Revision ID: 119bceb6f6f9
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "119bceb6f6f9"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = postgresql.ENUM("rent", "lease", name="contract_kind")
    kind.create(op.get_bind(), checkfirst=True)
    op.add_column("agreement", sa.Column("kind", kind, nullable=True))


def downgrade() -> None:
    op.drop_column("agreement", "kind")
    postgresql.ENUM(name="contract_kind").drop(op.get_bind(), checkfirst=True)

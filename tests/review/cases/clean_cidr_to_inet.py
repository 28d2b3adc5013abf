"""clean cidr to inet

Revision ID: b79a40ed36e4
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b79a40ed36e4"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("host", "network", existing_type=postgresql.CIDR(), type_=postgresql.INET())


def downgrade() -> None:
    op.alter_column("host", "network", existing_type=postgresql.INET(), type_=postgresql.CIDR(), postgresql_using="network::cidr")  #? narrowing-type, type-change-rewrite

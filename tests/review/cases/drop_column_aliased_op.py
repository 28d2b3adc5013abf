"""drop column aliased op

Revision ID: cdc694114bd3
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from alembic import op as migrate

revision = "cdc694114bd3"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    migrate.drop_column("agreement", "nickname")  #! drop-column


def downgrade() -> None:
    migrate.add_column("agreement", sa.Column("nickname", sa.String(50), nullable=True))

"""json to jsonb

Revision ID: e6a24801f6a6
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e6a24801f6a6"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("agreement", "extra", existing_type=sa.JSON(), type_=postgresql.JSONB(), postgresql_using="extra::jsonb")  #! type-change-rewrite


def downgrade() -> None:
    op.alter_column("agreement", "extra", existing_type=postgresql.JSONB(), type_=sa.JSON(), postgresql_using="extra::json")  #? type-change-rewrite

"""clean new column renamed then typed

Revision ID: a41c07d25e93
Revises: 0f5c9ac7aa26
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "a41c07d25e93"
down_revision = "0f5c9ac7aa26"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("meta_json", sa.String(4000), nullable=True))
    op.alter_column("agreement", "meta_json", new_column_name="meta")
    op.alter_column("agreement", "meta", type_=sa.Text(), server_default="{}")


def downgrade() -> None:
    op.drop_column("agreement", "meta")

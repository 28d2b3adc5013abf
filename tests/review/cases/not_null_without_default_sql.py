"""not null without default sql

Revision ID: 83cb190b00d2
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "83cb190b00d2"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE agreement ADD COLUMN vendor_type varchar(20) NOT NULL")  #! not-null-no-default


def downgrade() -> None:
    op.drop_column("agreement", "vendor_type")

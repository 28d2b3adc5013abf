"""stored generated column

Revision ID: bb44fb55a113
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "bb44fb55a113"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invoice", sa.Column("gross", sa.Numeric(), sa.Computed("net * 1.19", persisted=True)))  #! rewriting-column


def downgrade() -> None:
    op.drop_column("invoice", "gross")

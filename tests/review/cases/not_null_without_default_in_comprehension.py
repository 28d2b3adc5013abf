"""not null without default in comprehension

Revision ID: 4780f42fc134
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "4780f42fc134"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = [sa.Column(name, sa.Integer(), nullable=False) for name in ("rank", "weight")]
    for column in columns:
        op.add_column("agreement", column)  #! not-null-no-default


def downgrade() -> None:
    for name in ("weight", "rank"):
        op.drop_column("agreement", name)

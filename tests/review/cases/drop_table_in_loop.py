"""drop table in loop

Revision ID: 9b5ac94c2996
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "9b5ac94c2996"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("audit_2019", "audit_2020"):
        op.drop_table(name)  #! drop-table


def downgrade() -> None:
    for name in ("audit_2020", "audit_2019"):
        op.create_table(name, sa.Column("id", sa.Integer(), primary_key=True))

"""drop table

Revision ID: f44017602f9a
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "f44017602f9a"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("legacy_agreement")  #! drop-table


def downgrade() -> None:
    op.create_table("legacy_agreement", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("nickname", sa.String(50)))

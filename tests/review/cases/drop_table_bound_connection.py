"""drop table bound connection

Revision ID: ecc4f4f19779
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "ecc4f4f19779"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    bind.execute(sa.text("DROP TABLE agreement_old"))  #! drop-table


def downgrade() -> None:
    op.create_table("agreement_old", sa.Column("id", sa.Integer(), primary_key=True))

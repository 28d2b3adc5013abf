"""swallows exceptions

Revision ID: ddc059cd44fe
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "ddc059cd44fe"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    try:  #? swallowed-exception
        op.create_table("tag", sa.Column("id", sa.Integer(), primary_key=True))
    except Exception:  #! swallowed-exception
        pass


def downgrade() -> None:
    op.drop_table("tag")

"""exclude constraint

Revision ID: 8128050de730
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "8128050de730"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_exclude_constraint("ex_booking_room", "booking", ("room", "="), ("during", "&&"), using="gist")  #! exclude-constraint


def downgrade() -> None:
    op.drop_constraint("ex_booking_room", "booking")

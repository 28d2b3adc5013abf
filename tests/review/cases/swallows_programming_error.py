"""swallows programming error

Revision ID: 462a48f973bc
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "462a48f973bc"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    from sqlalchemy.exc import ProgrammingError

    try:  #? swallowed-exception
        op.add_column("agreement", sa.Column("note", sa.Text(), nullable=True))
    except ProgrammingError as error:  #! swallowed-exception
        print("already there", error)


def downgrade() -> None:
    op.drop_column("agreement", "note")

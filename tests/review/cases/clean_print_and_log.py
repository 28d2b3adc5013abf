"""clean print and log

Revision ID: 0970373e9e56
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
import logging

log = logging.getLogger("alembic.notes")

revision = "0970373e9e56"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    print("adding the note")
    log.info("adding the note")
    op.add_column("agreement", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("agreement", "note")

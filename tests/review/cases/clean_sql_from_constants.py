"""clean sql from constants

Revision ID: 3ba0792ce024
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "3ba0792ce024"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None

STATES = ("open", "closed")


def upgrade() -> None:
    for value in STATES:
        op.execute(f"INSERT INTO agreement_state (name) VALUES ('{value}') ON CONFLICT DO NOTHING")


def downgrade() -> None:
    op.execute("DELETE FROM agreement_state WHERE name IN ('open', 'closed')")

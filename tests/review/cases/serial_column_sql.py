"""serial column sql

Revision ID: ed795815bf47
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "ed795815bf47"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE agreement ADD COLUMN number serial")  #! rewriting-column


def downgrade() -> None:
    op.drop_column("agreement", "number")

"""drop column sql in variable

Revision ID: 5ba2094cefe6
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "5ba2094cefe6"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statement = """
        ALTER TABLE ops.agreement
            DROP COLUMN nickname,
            DROP COLUMN initials
    """
    op.execute(statement)  #? drop-column


def downgrade() -> None:
    op.execute("ALTER TABLE ops.agreement ADD COLUMN nickname text, ADD COLUMN initials text")

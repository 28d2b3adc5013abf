"""clean sequence

Revision ID: 30411b2e09d5
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "30411b2e09d5"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE invoice_number START 1000")


def downgrade() -> None:
    op.execute("DROP SEQUENCE invoice_number")

"""check validated

Revision ID: 73a4f8f04be3
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "73a4f8f04be3"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint("ck_invoice_total", "invoice", "total >= 0")  #! check-validated


def downgrade() -> None:
    op.drop_constraint("ck_invoice_total", "invoice", type_="check")

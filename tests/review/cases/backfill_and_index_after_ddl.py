"""backfill and index after ddl

Revision ID: e0ca1ff54a0c
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "e0ca1ff54a0c"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("ck_invoice_total", "invoice", type_="check")  #? drop-constraint-unreplaced
    op.execute("UPDATE invoice SET total = 0 WHERE total < 0")  #! work-after-ax


def downgrade() -> None:
    op.create_check_constraint("ck_invoice_total", "invoice", "total >= 0")  #? check-validated

"""check dropped sql

Revision ID: 0f8cac56a98c
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "0f8cac56a98c"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE invoice DROP CONSTRAINT ck_invoice_total")  #! drop-constraint-unreplaced


def downgrade() -> None:
    op.execute("ALTER TABLE invoice ADD CONSTRAINT ck_invoice_total CHECK (total >= 0)")  #? check-validated

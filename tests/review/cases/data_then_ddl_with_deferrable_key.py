"""data then ddl with deferrable key

Revision ID: f2b4031ef17f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "f2b4031ef17f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_foreign_key("fk_line_invoice", "line", "invoice", ["invoice_id"], ["id"], deferrable=True, initially="DEFERRED")  #! fk-validated
    op.execute("UPDATE line SET invoice_id = 1 WHERE invoice_id IS NULL")  #? work-after-ax
    op.alter_column("line", "invoice_id", existing_type=sa.Integer(), nullable=False)  #! data-and-ddl, set-not-null


def downgrade() -> None:
    op.alter_column("line", "invoice_id", existing_type=sa.Integer(), nullable=True)
    op.drop_constraint("fk_line_invoice", "line", type_="foreignkey")

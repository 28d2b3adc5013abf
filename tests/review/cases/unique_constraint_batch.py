"""unique constraint batch

Revision ID: e62345e65c9b
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "e62345e65c9b"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("vendor") as batch_op:
        batch_op.create_unique_constraint("uq_vendor_code", ["code"])  #! unique-constraint


def downgrade() -> None:
    with op.batch_alter_table("vendor") as batch_op:
        batch_op.drop_constraint("uq_vendor_code", type_="unique")

"""index in loop locks writes

Revision ID: 66a3f4cf8ab4
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "66a3f4cf8ab4"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("vendor_id", "status"):
        op.create_index(f"ix_agreement_{column}", "agreement", [column])  #! index-not-concurrent


def downgrade() -> None:
    for column in ("vendor_id", "status"):
        op.drop_index(f"ix_agreement_{column}", table_name="agreement")

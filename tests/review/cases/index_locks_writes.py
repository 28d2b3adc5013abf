"""index locks writes

Revision ID: 32a2e4643ff2
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "32a2e4643ff2"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_agreement_vendor", "agreement", ["vendor_id"])  #! index-not-concurrent


def downgrade() -> None:
    op.drop_index("ix_agreement_vendor", table_name="agreement")

"""validated in same transaction

Revision ID: f09275a47363
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "f09275a47363"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_foreign_key("fk_agreement_vendor", "agreement", "vendor", ["vendor_id"], ["id"], postgresql_not_valid=True)
    op.execute("ALTER TABLE agreement VALIDATE CONSTRAINT fk_agreement_vendor")  #! validate-same-transaction


def downgrade() -> None:
    op.drop_constraint("fk_agreement_vendor", "agreement", type_="foreignkey")

"""clean foreign key not valid

Revision ID: 9aecd32750c6
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "9aecd32750c6"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_foreign_key("fk_agreement_vendor", "agreement", "vendor", ["vendor_id"], ["id"], postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("fk_agreement_vendor", "agreement", type_="foreignkey")

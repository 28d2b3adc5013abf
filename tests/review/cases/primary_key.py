"""primary key

Revision ID: 29269b3c398e
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "29269b3c398e"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_primary_key("pk_vendor_tag", "vendor_tag", ["vendor_id", "tag_id"])  #! add-primary-key


def downgrade() -> None:
    op.drop_constraint("pk_vendor_tag", "vendor_tag", type_="primary")

"""rename table breaks running code

Revision ID: 4ed2adaccd08
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "4ed2adaccd08"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("vendor_contacts", "vendor_contact")  #! rename-breaks-app


def downgrade() -> None:
    op.rename_table("vendor_contact", "vendor_contacts")  #? rename-breaks-app

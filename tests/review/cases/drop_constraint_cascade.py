"""drop constraint cascade

Revision ID: 5d33b6169c4c
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "5d33b6169c4c"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE vendor DROP CONSTRAINT vendor_pkey CASCADE")  #! drop-cascade


def downgrade() -> None:
    op.execute("ALTER TABLE vendor ADD CONSTRAINT vendor_pkey PRIMARY KEY (id)")  #? add-primary-key

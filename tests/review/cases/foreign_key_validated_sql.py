"""foreign key validated sql

Revision ID: 4ff68357702b
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "4ff68357702b"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(  #! fk-validated
        "ALTER TABLE agreement ADD CONSTRAINT fk_agreement_vendor "
        "FOREIGN KEY (vendor_id) REFERENCES vendor (id)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE agreement DROP CONSTRAINT fk_agreement_vendor")

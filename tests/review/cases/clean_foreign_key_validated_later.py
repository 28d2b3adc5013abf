"""clean foreign key validated later

Revision ID: 82a4576db43e
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "82a4576db43e"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE agreement VALIDATE CONSTRAINT fk_agreement_vendor")


def downgrade() -> None:  #? downgrade-empty
    pass

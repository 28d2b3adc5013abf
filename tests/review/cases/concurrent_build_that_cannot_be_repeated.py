"""concurrent build that cannot be repeated

Revision ID: 57b4e9f75c42
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "57b4e9f75c42"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_agreement_status", "agreement", ["status"], postgresql_concurrently=True)  #! no-existence-guard


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_agreement_status", table_name="agreement", if_exists=True, postgresql_concurrently=True)

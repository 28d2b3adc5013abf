"""index in batch locks writes

Revision ID: 32eb531c7b32
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "32eb531c7b32"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.create_index("ix_agreement_status", ["status"])  #! index-not-concurrent


def downgrade() -> None:
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.drop_index("ix_agreement_status")

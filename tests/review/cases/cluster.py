"""cluster

Revision ID: 164cf1ca8391
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "164cf1ca8391"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CLUSTER agreement USING ix_agreement_vendor")  #! rewrite-command


def downgrade() -> None:  #? downgrade-empty
    pass

"""vacuum full

Revision ID: 96049e7a24de
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "96049e7a24de"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("VACUUM FULL agreement")  #! rewrite-command


def downgrade() -> None:  #? downgrade-empty
    pass

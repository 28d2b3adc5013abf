"""sql from rows

Revision ID: 853888aaee3d
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "853888aaee3d"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.text("SELECT id, name FROM vendor")):
        bind.execute(sa.text(f"UPDATE vendor SET slug = '{row.name.lower()}' WHERE id = {row.id}"))  #! sql-by-string


def downgrade() -> None:  #? downgrade-empty
    pass

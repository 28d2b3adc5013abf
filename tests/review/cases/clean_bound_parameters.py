"""clean bound parameters

Revision ID: f403f0a1e4e3
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "f403f0a1e4e3"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.text("SELECT id, name FROM vendor")):
        bind.execute(sa.text("UPDATE vendor SET slug = :slug WHERE id = :id"), {"slug": row.name.lower(), "id": row.id})


def downgrade() -> None:  #? downgrade-empty
    pass

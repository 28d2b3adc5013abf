"""sql from rows percent

Revision ID: 8d76e922b76c
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "8d76e922b76c"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    rows = bind.execute(sa.text("SELECT id, name FROM vendor")).fetchall()
    for row in rows:
        op.execute("UPDATE vendor SET slug = '%s' WHERE id = %s" % (row.name, row.id))  #! sql-by-string


def downgrade() -> None:  #? downgrade-empty
    pass

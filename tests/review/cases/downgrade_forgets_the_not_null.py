"""downgrade forgets the not null

Revision ID: 39e06b4cc134
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "39e06b4cc134"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE agreement SET status = 'open' WHERE status IS NULL")
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=False)  #! downgrade-asymmetric #? set-not-null
    op.add_column("agreement", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("agreement", "note")

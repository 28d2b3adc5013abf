"""rename column as drop add

Revision ID: fca654185418
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "fca654185418"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("nick_name", sa.String(50), nullable=True))
    op.drop_column("agreement", "nickname")  #! rename-as-drop-add-column


def downgrade() -> None:
    op.add_column("agreement", sa.Column("nickname", sa.String(50), nullable=True))
    op.drop_column("agreement", "nick_name")

"""near drop after data was moved

Revision ID: 89b6912ee426
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "89b6912ee426"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("nick_name", sa.String(50), nullable=True))
    op.execute("UPDATE agreement SET nick_name = nickname WHERE nickname IS NOT NULL")
    op.drop_column("agreement", "nickname")  #! drop-column


def downgrade() -> None:
    op.add_column("agreement", sa.Column("nickname", sa.String(50), nullable=True))
    op.execute("UPDATE agreement SET nickname = nick_name WHERE nick_name IS NOT NULL")
    op.drop_column("agreement", "nick_name")

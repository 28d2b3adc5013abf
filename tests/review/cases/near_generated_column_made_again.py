"""near generated column made again

Revision ID: f2c85a17d4b6
Revises: e19b63d0a7f5
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "f2c85a17d4b6"
down_revision = "e19b63d0a7f5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("agreement", "days")
    op.add_column("agreement", sa.Column("days", sa.Integer(), sa.Computed("ends - starts + 1", persisted=True)))  #! rewriting-column


def downgrade() -> None:
    op.drop_column("agreement", "days")
    op.add_column("agreement", sa.Column("days", sa.Integer(), sa.Computed("ends - starts", persisted=True)))  #? rewriting-column

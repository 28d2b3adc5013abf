"""identity column

Revision ID: cdff0b31427b
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "cdff0b31427b"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False))  #! rewriting-column


def downgrade() -> None:
    op.drop_column("agreement", "number")

"""clean dialect asked by its class

Revision ID: c7e2f1906b3d
Revises: b5d3a8e9f104
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql.base import MySQLDialect

revision = "c7e2f1906b3d"
down_revision = "b5d3a8e9f104"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    if isinstance(bind.dialect, MySQLDialect):
        op.drop_constraint("uq_agreement_number", "agreement", type_="unique")
        op.alter_column("agreement", "number", existing_type=sa.Text(), type_=sa.String(64))


def downgrade() -> None:
    pass

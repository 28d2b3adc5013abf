"""clean longer than any varchar

Revision ID: b5d3a8e9f104
Revises: a41c07d25e93
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "b5d3a8e9f104"
down_revision = "a41c07d25e93"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Written for MySQL, whose TEXT ends at 65,535: PostgreSQL has no varchar of this length.
    longer = sa.String(length=16777215).with_variant(mysql.MEDIUMTEXT, "mysql")
    op.alter_column("agreement", "terms", existing_type=sa.TEXT(), type_=longer)


def downgrade() -> None:
    longer = sa.String(length=16777215).with_variant(mysql.MEDIUMTEXT, "mysql")
    op.alter_column("agreement", "terms", existing_type=longer, type_=sa.TEXT())

"""narrowing varchar

Revision ID: 3ca696739b8e
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "3ca696739b8e"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column(  #! narrowing-type #? type-change-rewrite
        "vendor",
        "name",
        existing_type=sa.String(200),
        type_=sa.String(50),
    )


def downgrade() -> None:
    op.alter_column("vendor", "name", existing_type=sa.String(50), type_=sa.String(200))

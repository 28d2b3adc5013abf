"""clean not null said again

Revision ID: e19b63d0a7f5
Revises: d8a04b7c5e12
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "e19b63d0a7f5"
down_revision = "d8a04b7c5e12"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # As MySQL needs it: a MODIFY that does not repeat NOT NULL takes it away.
    op.alter_column(
        "agreement", "status", existing_type=sa.String(20), type_=sa.String(40), nullable=False
    )
    op.alter_column("agreement", "kind", new_column_name="sort", nullable=False)  #? rename-breaks-app


def downgrade() -> None:
    op.alter_column("agreement", "sort", new_column_name="kind", nullable=False)
    op.alter_column(  #? narrowing-type, type-change-rewrite
        "agreement", "status", existing_type=sa.String(40), type_=sa.String(20), nullable=False
    )

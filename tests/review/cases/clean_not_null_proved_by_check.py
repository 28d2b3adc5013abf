"""clean not null proved by check

Revision ID: 128fb35d9baa
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "128fb35d9baa"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE agreement DROP CONSTRAINT IF EXISTS ck_status_set")
        op.execute("ALTER TABLE agreement ADD CONSTRAINT ck_status_set CHECK (status IS NOT NULL) NOT VALID")  #? no-existence-guard
        op.execute("ALTER TABLE agreement VALIDATE CONSTRAINT ck_status_set")
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=False)
    op.execute("ALTER TABLE agreement DROP CONSTRAINT ck_status_set")


def downgrade() -> None:
    op.alter_column("agreement", "status", existing_type=sa.String(20), nullable=True)

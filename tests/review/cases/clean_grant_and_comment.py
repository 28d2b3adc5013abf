"""clean grant and comment

Revision ID: 8a1657854a6f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "8a1657854a6f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT SELECT ON agreement TO reporting")
    op.execute("COMMENT ON TABLE agreement IS 'what was agreed'")


def downgrade() -> None:
    op.execute("REVOKE SELECT ON agreement FROM reporting")

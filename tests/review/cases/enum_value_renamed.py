"""enum value renamed

Revision ID: 3ef709908f98
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "3ef709908f98"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TYPE agreement_kind RENAME VALUE 'rent' TO 'lease'")  #! enum-rename-or-remove


def downgrade() -> None:
    op.execute("ALTER TYPE agreement_kind RENAME VALUE 'lease' TO 'rent'")  #? enum-rename-or-remove

"""rename column breaks running code

Revision ID: b8ab58c7c636
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "b8ab58c7c636"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("agreement", "nickname", new_column_name="nick_name")  #! rename-breaks-app


def downgrade() -> None:
    op.alter_column("agreement", "nick_name", new_column_name="nickname")  #? rename-breaks-app

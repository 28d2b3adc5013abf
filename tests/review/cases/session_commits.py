"""session commits

Revision ID: d350226b1053
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

revision = "d350226b1053"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    session = Session(bind=op.get_bind())
    session.execute(sa.text("UPDATE agreement SET status = 'open' WHERE status IS NULL"))
    session.commit()  #? explicit-commit


def downgrade() -> None:  #? downgrade-empty
    pass

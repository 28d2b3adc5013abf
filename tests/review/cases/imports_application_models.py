"""imports application models

Revision ID: cfafd8a9302f
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from models.agreements import Agreement  #! model-import

revision = "cfafd8a9302f"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    session = Session(bind=op.get_bind())
    for agreement in session.query(Agreement).filter(Agreement.status.is_(None)):
        agreement.status = "open"
    session.flush()


def downgrade() -> None:  #? downgrade-empty
    pass

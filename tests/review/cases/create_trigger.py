"""create trigger

Revision ID: 71660c935a03
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "71660c935a03"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TRIGGER agreement_audit AFTER UPDATE ON agreement FOR EACH ROW EXECUTE FUNCTION audit()")  #! heavy-command


def downgrade() -> None:
    op.execute("DROP TRIGGER agreement_audit ON agreement")

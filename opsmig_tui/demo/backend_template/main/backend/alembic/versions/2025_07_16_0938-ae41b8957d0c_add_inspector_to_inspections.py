"""add inspector to inspections

Revision ID: ae41b8957d0c
Revises: e5a93b7c40d8
Create Date: 2025-07-16 09:38:27.465830

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "ae41b8957d0c"
down_revision: str | Sequence[str] | None = "e5a93b7c40d8"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "inspection", sa.Column("inspector_id", sa.BigInteger(), nullable=True), schema="ops"
    )
    op.create_foreign_key(
        op.f("fk_inspection_inspector_id"),
        "inspection",
        "app_user",
        ["inspector_id"],
        ["id"],
        source_schema="ops",
        referent_schema="ops",
        postgresql_not_valid=True,
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("fk_inspection_inspector_id"), "inspection", schema="ops", type_="foreignkey"
    )
    op.drop_column("inspection", "inspector_id", schema="ops")

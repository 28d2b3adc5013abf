"""make vendor numbers unique

Revision ID: 2d6ea9f05b73
Revises: 91f7c2ad6e04
Create Date: 2025-10-28 13:42:19.398647

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "2d6ea9f05b73"
down_revision: str | Sequence[str] | None = "91f7c2ad6e04"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "uq_vendor_number",
            "vendor",
            schema="ops",
            postgresql_concurrently=True,
            if_exists=True,
        )
        op.create_index(
            "uq_vendor_number",
            "vendor",
            ["number"],
            schema="ops",
            unique=True,
            postgresql_concurrently=True,
        )
    op.execute(
        "ALTER TABLE ops.vendor ADD CONSTRAINT uq_vendor_number UNIQUE USING INDEX uq_vendor_number"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_vendor_number"), "vendor", schema="ops", type_="unique")

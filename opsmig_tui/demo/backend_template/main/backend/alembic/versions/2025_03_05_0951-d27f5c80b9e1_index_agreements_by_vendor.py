"""index agreements by vendor

Revision ID: d27f5c80b9e1
Revises: 1e96b3f4a827
Create Date: 2025-03-05 09:51:30.668105

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "d27f5c80b9e1"
down_revision: str | Sequence[str] | None = "1e96b3f4a827"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that failed leaves an invalid index behind: start over.
        op.drop_index(
            op.f("ix_agreement_vendor_id"),
            "agreement",
            schema="ops",
            postgresql_concurrently=True,
            if_exists=True,
        )
        op.create_index(
            op.f("ix_agreement_vendor_id"),
            "agreement",
            ["vendor_id"],
            schema="ops",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            op.f("ix_agreement_vendor_id"),
            "agreement",
            schema="ops",
            postgresql_concurrently=True,
            if_exists=True,
        )

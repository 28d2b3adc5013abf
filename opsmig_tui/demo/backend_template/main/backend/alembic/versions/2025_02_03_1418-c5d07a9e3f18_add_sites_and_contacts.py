"""add sites and contacts

Revision ID: c5d07a9e3f18
Revises: 8b42e7d1c605
Create Date: 2025-02-03 14:18:03.771520

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "c5d07a9e3f18"
down_revision: str | Sequence[str] | None = "8b42e7d1c605"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("timezone", sa.String(length=40), server_default="UTC", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("code", name=op.f("uq_site_code")),
        schema="ops",
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["ops.site.id"], name=op.f("fk_contact_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        schema="ops",
    )
    op.create_index(op.f("ix_contact_site_id"), "contact", ["site_id"], schema="ops")


def downgrade() -> None:
    op.drop_table("contact", schema="ops")
    op.drop_table("site", schema="ops")

"""create assets

Revision ID: 6a0e4d9b15c7
Revises: d27f5c80b9e1
Create Date: 2025-03-21 13:12:08.540279

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "6a0e4d9b15c7"
down_revision: str | Sequence[str] | None = "d27f5c80b9e1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "asset",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.String(length=20), nullable=False),
        sa.Column(
            "asset_class",
            sa.Enum("vehicle", "generator", "lift", name="asset_class", schema="ops"),
            nullable=False,
        ),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("in_service_since", sa.Date(), nullable=True),
        sa.Column("odometer_m", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["ops.site.id"], name=op.f("fk_asset_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("tag", name=op.f("uq_asset_tag")),
        schema="ops",
    )
    op.create_table(
        "asset_history",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.String(length=20), nullable=False),
        sa.Column(
            "asset_class",
            postgresql.ENUM(name="asset_class", schema="ops", create_type=False),
            nullable=False,
        ),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("in_service_since", sa.Date(), nullable=True),
        sa.Column("odometer_m", sa.Integer(), nullable=True),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_asset_history")),
        schema="ops",
    )
    op.execute(
        "CREATE TRIGGER write_history AFTER INSERT OR UPDATE ON ops.asset "
        "FOR EACH ROW EXECUTE FUNCTION ops.write_history()"
    )
    op.create_index(op.f("ix_asset_site_id"), "asset", ["site_id"], schema="ops")


def downgrade() -> None:
    op.drop_table("asset_history", schema="ops")
    op.drop_table("asset", schema="ops")
    op.execute("DROP TYPE ops.asset_class")

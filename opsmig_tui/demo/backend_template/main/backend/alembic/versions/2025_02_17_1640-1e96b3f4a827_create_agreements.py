"""create agreements

Revision ID: 1e96b3f4a827
Revises: c5d07a9e3f18
Create Date: 2025-02-17 16:40:52.096337

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "1e96b3f4a827"
down_revision: str | Sequence[str] | None = "c5d07a9e3f18"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("vendor_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("nickname", sa.String(length=80), nullable=True),
        sa.Column(
            "state",
            sa.Enum("draft", "signed", "terminated", name="agreement_state", schema="ops"),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("monthly_fee", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["ops.vendor.id"], name=op.f("fk_agreement_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("number", name=op.f("uq_agreement_number")),
        schema="ops",
    )
    op.create_table(
        "agreement_history",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("nickname", sa.String(length=80), nullable=True),
        sa.Column(
            "state",
            postgresql.ENUM(name="agreement_state", schema="ops", create_type=False),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("monthly_fee", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_agreement_history")),
        schema="ops",
    )
    op.execute(
        "CREATE TRIGGER write_history AFTER INSERT OR UPDATE ON ops.agreement "
        "FOR EACH ROW EXECUTE FUNCTION ops.write_history()"
    )


def downgrade() -> None:
    op.drop_table("agreement_history", schema="ops")
    op.drop_table("agreement", schema="ops")
    op.execute("DROP TYPE ops.agreement_state")

"""create vendors with history

Revision ID: 8b42e7d1c605
Revises: 3f1c9a0d72be
Create Date: 2025-01-20 11:05:17.402911

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "8b42e7d1c605"
down_revision: str | Sequence[str] | None = "3f1c9a0d72be"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


WRITE_HISTORY = """
CREATE FUNCTION ops.write_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    names text;
BEGIN
    -- Every column of the table must exist in its companion, or the write fails.
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO names
    FROM pg_attribute WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped;
    EXECUTE format(
        'INSERT INTO %1$I.%2$I (%3$s, version, changed_at) '
        'SELECT %3$s, (SELECT coalesce(max(version), 0) + 1 FROM %1$I.%2$I WHERE id = $1.id), '
        'clock_timestamp() FROM (SELECT ($1).*) AS changed',
        TG_TABLE_SCHEMA, TG_TABLE_NAME || '_history', names
    ) USING NEW;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    op.execute(WRITE_HISTORY)
    op.create_table(
        "vendor",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "status",
            sa.Enum("prospect", "active", "suspended", name="vendor_status", schema="ops"),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor")),
        schema="ops",
    )
    op.create_table(
        "vendor_history",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(name="vendor_status", schema="ops", create_type=False),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_vendor_history")),
        schema="ops",
    )
    op.execute(
        "CREATE TRIGGER write_history AFTER INSERT OR UPDATE ON ops.vendor "
        "FOR EACH ROW EXECUTE FUNCTION ops.write_history()"
    )
    op.create_index(op.f("ix_vendor_name"), "vendor", ["name"], schema="ops")


def downgrade() -> None:
    op.drop_table("vendor_history", schema="ops")
    op.drop_table("vendor", schema="ops")
    op.execute("DROP TYPE ops.vendor_status")
    op.execute("DROP FUNCTION ops.write_history()")

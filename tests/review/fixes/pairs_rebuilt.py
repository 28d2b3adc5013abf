"""What upgrade() drops, made again in downgrade() as the database has it."""
# ruff: noqa: E501

from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import (
    ColumnFacts,
    ConstraintFacts,
    DatabaseFacts,
    EnumFacts,
    TableFacts,
)
from tests.review.fixes.pair import Pair

VENDOR = TableFacts(
    "ops",
    "vendor",
    (
        ColumnFacts("id", "bigint", False, True, None, "nextval('ops.vendor_id_seq'::regclass)"),
        ColumnFacts("name", "character varying(120)", False, False, None, ""),
        ColumnFacts("n", "numeric(2,1)", True, False, None, ""),
        ColumnFacts("state", "ops.state", False, True, "state", "'open'::ops.state"),
        ColumnFacts("at", "timestamp with time zone", True, True, None, "now()"),
        ColumnFacts("tags", "text[]", True, False, None, ""),
        ColumnFacts("doubled", "integer", True, True, None, None),
        ColumnFacts("code", "text", True, False, None, ""),
    ),
    (
        ConstraintFacts("primary", "pk_vendor", ("id",), "PRIMARY KEY (id)"),
        ConstraintFacts("check", "ck_n", ("n",), "CHECK (n > 0)"),
        ConstraintFacts(
            "index", "ix_name", ("name",), "CREATE INDEX ix_name ON ops.vendor USING btree (name)"
        ),
        ConstraintFacts(
            "index",
            "ix_b",
            ("name",),
            "CREATE INDEX ix_b ON ops.vendor USING btree (name) WHERE (code <> '')",
        ),
    ),
)
PLAIN = TableFacts(VENDOR.schema, VENDOR.name, VENDOR.columns[:-2], VENDOR.constraints[:-1])
STATE = EnumFacts("ops", "state", ("open", "it's over"))


def there(table: TableFacts) -> Facts:
    return Facts(database=DatabaseFacts("postgresql", 160000, (table,), (STATE,)))


PAIRS = [
    Pair(
        "rebuilt: a table with all that goes with it",
        "downgrade-empty",
        """
        def upgrade():
            op.drop_index("ix_name", table_name="vendor", schema="ops")
            op.drop_table("vendor", schema="ops")
            op.execute("DROP TYPE ops.state")


        def downgrade():
            pass
        """,
        """
        def upgrade():
            op.drop_index("ix_name", table_name="vendor", schema="ops")
            op.drop_table("vendor", schema="ops")
            op.execute("DROP TYPE ops.state")


        def downgrade():
            op.execute("CREATE TYPE ops.state AS ENUM ('open', 'it''s over')")
            op.create_table(
                "vendor",
                sa.Column("id", sa.BigInteger(), autoincrement=True),
                sa.Column("name", sa.String(120), nullable=False),
                sa.Column("n", sa.Numeric(2, 1), nullable=True),
                sa.Column(
                    "state",
                    postgresql.ENUM(name="state", schema="ops", create_type=False),
                    server_default=sa.text("'open'::ops.state"),
                    nullable=False,
                ),
                sa.Column(
                    "at",
                    sa.DateTime(timezone=True),
                    server_default=sa.text("now()"),
                    nullable=True,
                ),
                sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=True),
                sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor")),
                schema="ops",
            )
            op.execute("ALTER TABLE ops.vendor ADD CONSTRAINT ck_n CHECK (n > 0)")
            op.execute("CREATE INDEX ix_name ON ops.vendor USING btree (name)")
        """,
        facts=there(PLAIN),
    ),
    Pair(
        "rebuilt: a column with its check, an index, a constraint, a change",
        "downgrade-empty",
        """
        def upgrade():
            op.drop_column("vendor", "n", schema="ops")
            op.alter_column("vendor", "state", server_default=None, schema="ops")
            with op.get_context().autocommit_block():
                op.drop_index("ix_name", "vendor", schema="ops", postgresql_concurrently=True, if_exists=True)


        def downgrade():
            pass
        """,
        """
        def upgrade():
            op.drop_column("vendor", "n", schema="ops")
            op.alter_column("vendor", "state", server_default=None, schema="ops")
            with op.get_context().autocommit_block():
                op.drop_index("ix_name", "vendor", schema="ops", postgresql_concurrently=True, if_exists=True)


        def downgrade():
            with op.get_context().autocommit_block():
                op.execute("CREATE INDEX CONCURRENTLY ix_name ON ops.vendor USING btree (name)")
            op.alter_column(
                "vendor",
                "state",
                existing_type=postgresql.ENUM(name="state", schema="ops", create_type=False),
                server_default=sa.text("'open'::ops.state"),
                schema="ops",
            )
            op.add_column("vendor", sa.Column("n", sa.Numeric(2, 1), nullable=True), schema="ops")
            op.execute("ALTER TABLE ops.vendor ADD CONSTRAINT ck_n CHECK (n > 0)")
        """,
        facts=there(VENDOR),
    ),
    Pair(
        "rebuilt: the one that is missing",
        "downgrade-asymmetric",
        """
        def upgrade():
            op.add_column("vendor", sa.Column("b", sa.Text()), schema="ops")
            op.execute("ALTER INDEX ops.ix_name RENAME TO ix_vendor_name")
            op.drop_constraint("ck_n", "vendor", schema="ops")


        def downgrade():
            op.execute("ALTER INDEX ops.ix_vendor_name RENAME TO ix_name")
            op.drop_column("vendor", "b", schema="ops")
        """,
        """
        def upgrade():
            op.add_column("vendor", sa.Column("b", sa.Text()), schema="ops")
            op.execute("ALTER INDEX ops.ix_name RENAME TO ix_vendor_name")
            op.drop_constraint("ck_n", "vendor", schema="ops")


        def downgrade():
            op.execute("ALTER TABLE ops.vendor ADD CONSTRAINT ck_n CHECK (n > 0)")
            op.execute("ALTER INDEX ops.ix_vendor_name RENAME TO ix_name")
            op.drop_column("vendor", "b", schema="ops")
        """,
        facts=there(VENDOR),
    ),
]

# A migration's upgrade(), and a part of the sentence that says why its inverse is not written.
REFUSED = [
    ('op.drop_column("vendor", "name", schema="ops")', "it was NOT NULL"),
    ('op.drop_column("vendor", "id", schema="ops")', "the sequence"),
    ('op.drop_column("vendor", "doubled", schema="ops")', "none that can be written"),
    ('op.drop_column("vendor", "code", schema="ops")', "index ix_b may go with it"),
    ('op.drop_column("vendor", "other", schema="ops")', "has no column ops.vendor.other"),
    ('op.drop_table("vendor", schema="ops")', "type or default of doubled"),
    ('op.drop_table("other")', "has no table other"),
    ('op.drop_index("ix_other", "vendor")', "has no ix_other"),
    ('op.execute("DROP VIEW v")', "drops view v, and nothing here tells how to undo it"),
    ('op.execute("DROP TABLE ops.vendor CASCADE")', "CASCADE"),
]

"""Cases of rules about rows, types and drops that take more than they name."""

# ruff: noqa: E501 - a mark must stand on the line it is about

from __future__ import annotations

from pathlib import Path

from opsmig_tui.review.migration import Migration, read_migration
from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import (
    ColumnFacts,
    ConstraintFacts,
    DatabaseFacts,
    EnumFacts,
    ModelFacts,
    TableFacts,
)
from tests.review.case import HEADER, Case


def with_database(
    *columns: ColumnFacts, enums: tuple[EnumFacts, ...] = (), version: int = 16
) -> Facts:
    """A database with one table "a", on which this revision is not applied."""
    tables = (TableFacts("public", "a", columns),) if columns else ()
    return Facts(
        database=DatabaseFacts("postgresql", version * 10_000, tables, enums), applied=False
    )


def pending(up: str) -> Migration:
    """A revision that runs before this one in the same transaction."""
    text = HEADER.replace('"a1"', '"a0"').replace('"a0"\nbranch', "None\nbranch")
    return read_migration(Path("a0.py"), f"{text}\ndef upgrade():\n    {up}\n")


ADD = "op.execute(\"ALTER TYPE kind ADD VALUE 'lease'\")"
KIND = EnumFacts("public", "kind", ("rent",))


def with_checks(*names: str) -> Facts:
    """The models' table "a" has the check ck_a, the database's those of these names."""
    model = TableFacts(None, "a", (), (ConstraintFacts("check", "ck_a", ()),))
    there = tuple(ConstraintFacts("check", name, ()) for name in names)
    tables = (TableFacts("public", "a", (), there),)
    return Facts(
        models=ModelFacts((model,), ()), database=DatabaseFacts("postgresql", 160000, tables, ())
    )


FILE = """
from alembic import op
revision = "a1"
down_revision = "a0"
def upgrade():{}
    op.execute("{}")
def downgrade():
    op.execute("{}")
"""
COMMENTS = ("COMMENT ON TABLE a IS 'x'", "COMMENT ON TABLE a IS NULL")
ADDED = (
    "ALTER TABLE a ADD CONSTRAINT ck_a CHECK (b > 0) NOT VALID",
    "ALTER TABLE a DROP CONSTRAINT ck_a",
)

CASES = [
    Case("check-missed", whole=FILE.format("  #! check-missed", *COMMENTS), facts=with_checks()),
    Case("near: the check is there", whole=FILE.format("", *COMMENTS), facts=with_checks("ck_a")),
    Case("near: perhaps renamed", whole=FILE.format("", *COMMENTS), facts=with_checks("a_check")),
    Case("near: the check is made here", whole=FILE.format("", *ADDED), facts=with_checks()),
    Case(
        "truncate-or-delete-all",
        """
        op.execute("TRUNCATE a, b CASCADE")  #! truncate-or-delete-all
        """,
        'op.execute("DELETE FROM d")  #! truncate-or-delete-all',
    ),
    Case(
        "truncate-or-delete-all: a construct of SQLAlchemy's",
        'op.execute(sa.table("c").delete())  #! truncate-or-delete-all',
    ),
    Case(
        "near: rows that are new, moved, chosen, or go with their table",
        """
        op.create_table("new", sa.Column("id", sa.Integer()))
        op.execute("DELETE FROM new")
        op.execute("INSERT INTO archive SELECT * FROM a")
        op.execute("DELETE FROM a")
        op.execute("DELETE FROM b WHERE c")
        op.execute("DELETE FROM a USING b WHERE a.id = b.id")
        op.execute(f"DELETE FROM c {condition()}")
        """,
        """
        op.execute("DELETE FROM new")
        op.drop_table("new")
        """,
        top="def condition(): return open('where.sql').read()",
    ),
    Case(
        "near: rows deleted before their table is dropped",
        """
        op.execute("DELETE FROM a")
        op.drop_table("a")  #! drop-table
        """,
    ),
    Case(
        "update-all-rows",
        """
        op.execute("UPDATE a SET b = upper(b)")  #! update-all-rows
        op.execute(sa.table("c", sa.column("d")).update().values(d=1))  #! update-all-rows
        """,
    ),
    Case(
        "near: an UPDATE of new columns, of new tables, or with WHERE",
        """
        op.add_column("a", sa.Column("b", sa.Text()))
        op.execute("UPDATE a SET b = 'x'")
        op.create_table("c", sa.Column("d", sa.Text()))
        op.execute("UPDATE c SET d = 'x'")
        op.execute("UPDATE e SET f = 'x' WHERE f IS NULL")  #! work-after-ax
        """,
        """
        op.drop_column("a", "b")
        op.drop_table("c")
        """,
    ),
    Case(
        "drop-cascade",
        """
        op.execute("DROP VIEW v CASCADE")  #! drop-cascade
        op.execute("DROP TYPE kind CASCADE")  #! drop-cascade
        """,
        """
        op.execute("CREATE TYPE kind AS ENUM ('a')")
        op.execute("CREATE VIEW v AS SELECT 1")
        """,
    ),
    Case(
        "near: CASCADE on what this revision makes, and no CASCADE",
        """
        op.execute("CREATE TYPE kind AS ENUM ('a')")
        op.execute("CREATE FUNCTION f() RETURNS int AS 'SELECT 1' LANGUAGE sql")
        op.create_table("t", sa.Column("id", sa.Integer()))
        op.execute("DROP VIEW v")
        """,
        """
        op.execute("CREATE VIEW v AS SELECT 1")
        op.execute("DROP TABLE t CASCADE")
        op.execute("DROP FUNCTION f() CASCADE")
        op.execute("DROP TYPE kind CASCADE")
        """,
    ),
    Case(
        "narrowing-type",
        """
        op.alter_column("a", "b", existing_type=sa.String(50), type_=sa.String(20))  #! narrowing-type
        op.alter_column("a", "c", existing_type=sa.BigInteger(), type_=sa.Integer())  #! narrowing-type
        op.alter_column("a", "d", existing_type=sa.Numeric(10, 4), type_=sa.Numeric(12, 2))  #! narrowing-type
        op.alter_column("a", "e", existing_type=sa.Text(), type_=sa.String(20))  #! narrowing-type
        """,
    ),
    Case(
        "narrowing-type: from what the database has",
        'op.execute("ALTER TABLE a ALTER COLUMN b TYPE varchar(10)")  #! narrowing-type',
        facts=with_database(ColumnFacts("b", "character varying(80)", True, False)),
    ),
    Case(
        "near: types that hold as much, that are new, made to fit, or not known",
        """
        op.alter_column("a", "b", existing_type=sa.String(20), type_=sa.String(50))
        op.alter_column("a", "c", existing_type=sa.Integer(), type_=sa.BigInteger())  #! type-change-rewrite
        op.alter_column("a", "d", existing_type=sa.Numeric(10, 2), type_=sa.Numeric(12, 2))
        op.alter_column("a", "e", existing_type=sa.String(50), type_=sa.Text())
        op.alter_column("a", "f", type_=sa.String(20))
        op.execute("UPDATE a SET g = left(g, 20) WHERE length(g) > 20")  #! work-after-ax
        op.alter_column("a", "g", existing_type=sa.String(50), type_=sa.String(20))  #! type-change-rewrite
        """,
    ),
    Case(
        "near: downgrade() gives back the type that upgrade() widened",
        'op.alter_column("a", "b", existing_type=sa.String(20), type_=sa.String(50))',
        'op.alter_column("a", "b", existing_type=sa.String(50), type_=sa.String(20))',
    ),
    Case(
        "cast-without-using",
        """
        op.alter_column("a", "b", existing_type=sa.String(20), type_=sa.Integer())  #! cast-without-using
        op.alter_column("a", "c", existing_type=sa.Integer(), type_=sa.Boolean())  #! cast-without-using
        op.alter_column("a", "d", existing_type=sa.Text(), type_=postgresql.JSONB())  #! cast-without-using
        op.execute("ALTER TABLE a ALTER COLUMN e TYPE uuid")  #! cast-without-using
        """,
        facts=with_database(ColumnFacts("e", "text", True, False)),
    ),
    Case(
        "near: casts that PostgreSQL makes by itself, or that are said",
        """
        op.alter_column("a", "b", existing_type=sa.Integer(), type_=sa.Text())  #! type-change-rewrite
        op.alter_column("a", "c", existing_type=sa.Integer(), type_=sa.Numeric())  #! type-change-rewrite
        op.alter_column("a", "d", existing_type=sa.DateTime(), type_=sa.Date())  #! type-change-rewrite
        op.alter_column("a", "e", existing_type=sa.JSON(), type_=postgresql.JSONB())  #! type-change-rewrite
        op.alter_column("a", "f", existing_type=sa.Text(), type_=sa.Integer(), postgresql_using="f::integer")  #! type-change-rewrite
        op.alter_column("a", "g", existing_type=sa.Text(), type_=Money())
        op.alter_column("a", "h", type_=sa.Integer())
        """,
        top="from shop.types import Money",
    ),
    Case(
        "drop-constraint-unreplaced",
        """
        op.drop_constraint("uq_a_b", "a", type_="unique")  #! drop-constraint-unreplaced
        op.execute("ALTER TABLE c DROP CONSTRAINT ck_c")  #! drop-constraint-unreplaced
        """,
        """
        op.execute("ALTER TABLE c ADD CONSTRAINT ck_c CHECK (d > 0) NOT VALID")
        op.execute("ALTER TABLE a ADD CONSTRAINT uq_a_b UNIQUE USING INDEX ix_a_b")
        """,
    ),
    Case(
        "near: a constraint replaced, or dropped with what it was about",
        """
        op.drop_constraint("fk_a_b", "a", type_="foreignkey")
        op.execute("ALTER TABLE a ADD CONSTRAINT fk_a_c FOREIGN KEY (b) REFERENCES c (id) NOT VALID")
        op.drop_constraint("ck_d", "d", type_="check")
        op.alter_column("d", "e", existing_type=sa.Text(), type_=sa.Integer(), postgresql_using="e::integer")  #! type-change-rewrite
        """,
        """
        op.drop_constraint("fk_a_c", "a", type_="foreignkey")
        op.execute("ALTER TABLE a ADD CONSTRAINT fk_a_b FOREIGN KEY (b) REFERENCES b (id) NOT VALID")
        op.alter_column("d", "e", existing_type=sa.Integer(), type_=sa.Text())
        op.execute("ALTER TABLE d ADD CONSTRAINT ck_d CHECK (e <> '') NOT VALID")
        """,
    ),
    Case(
        "enum-value-used-in-transaction",
        f"""
        {ADD}
        op.execute("UPDATE a SET kind = 'lease' WHERE id = 1")  #! enum-value-used-in-transaction
        op.alter_column("a", "kind", server_default="lease")  #! enum-value-used-in-transaction
        """,
    ),
    Case(
        "enum-value-used-in-transaction: added by the pending revision before",
        "op.execute(\"UPDATE a SET kind = 'lease' WHERE id = 1\")  #! enum-value-used-in-transaction",
        facts=Facts(pending_before=(pending(ADD),)),
    ),
    Case(
        "enum-value-used-in-transaction: not at all before PostgreSQL 12",
        f"{ADD}  #! enum-value-used-in-transaction",
        facts=with_database(
            ColumnFacts("kind", "kind", True, False, "kind"), enums=(KIND,), version=11
        ),
    ),
    Case(
        "near: a value used after it is committed, or of a type that is new",
        """
        op.execute("CREATE TYPE fresh AS ENUM ('x')")
        op.execute("ALTER TYPE fresh ADD VALUE 'y'")
        op.execute("UPDATE b SET f = 'y' WHERE id = 1")
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'lease'")
        op.execute("UPDATE a SET kind = 'lease' WHERE id = 1")
        """,
        'op.execute("DROP TYPE fresh")',
    ),
    Case(
        "near: one transaction a migration, another value, a column of another type",
        """
        op.execute("UPDATE a SET kind = 'lease' WHERE id = 1")
        op.execute("ALTER TYPE other ADD VALUE 'b'")
        op.execute("UPDATE a SET kind = 'b' WHERE id = 1")
        op.execute("UPDATE c SET other = 'a' WHERE id = 1")
        """,
        facts=Facts(
            pending_before=(pending(ADD),),
            transaction_per_migration=True,
            database=with_database(ColumnFacts("kind", "kind", True, False, "kind")).database,
        ),
    ),
    Case(
        "enum-rename-or-remove",
        """
        op.execute("ALTER TYPE kind RENAME VALUE 'a' TO 'b'")  #! enum-rename-or-remove
        op.execute("ALTER TYPE other RENAME TO other_old")  #! enum-rename-or-remove
        op.execute("CREATE TYPE other AS ENUM ('x')")
        """,
    ),
    Case(
        "near: an enum made anew with every value it had, or a new one",
        """
        op.execute("ALTER TYPE kind RENAME TO kind_old")
        op.execute("CREATE TYPE kind AS ENUM ('rent', 'lease')")
        op.execute("CREATE TYPE fresh AS ENUM ('x')")
        op.execute("ALTER TYPE fresh RENAME VALUE 'x' TO 'y'")
        """,
        'op.execute("DROP TYPE fresh")',
        facts=with_database(enums=(KIND,)),
    ),
    Case(
        "enum-type-exists",
        """
        sa.Enum("a", name="own").create(op.get_bind())
        op.create_table("t", sa.Column("o", sa.Enum("a", name="own")))  #! enum-type-exists
        op.create_table("u", sa.Column("k", sa.Enum("rent", name="kind")))  #! enum-type-exists
        """,
        """
        op.drop_table("u")  #! downgrade-enum-leak
        op.drop_table("t")
        sa.Enum(name="own").drop(op.get_bind())
        """,
        facts=with_database(enums=(KIND,)),
    ),
    Case(
        "near: a type that comes with the table, is not created, or was dropped",
        """
        op.create_table("t", sa.Column("o", sa.Enum("a", name="own")))
        op.create_table("u", sa.Column("o", sa.Enum("a", name="own")))
        op.create_table("v", sa.Column("k", postgresql.ENUM("rent", name="kind", create_type=False)))
        """,
        """
        op.drop_table("v")
        op.drop_table("u")
        op.drop_table("t")
        sa.Enum(name="own").drop(op.get_bind())
        """,
        facts=with_database(enums=(KIND,)),
    ),
]

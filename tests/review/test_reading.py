"""What the text of a call or of SQL tells: the same operation from either, None for the unknown."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.review import volatility
from opsmig_tui.review.migration import read_migration
from opsmig_tui.review.operations import Column, ColumnType, Constraint, Operation
from opsmig_tui.review.types import sql_type
from opsmig_tui.review.written import written
from tests.review.case import Case


def read(code: str, top: str = "") -> Operation:
    """The one operation of a piece of upgrade()."""
    source = Case("x", code, top=top).source
    (found,) = read_migration(Path("versions/a1.py"), source).upgrade
    return found


def read_sql(sql: str) -> Operation:
    return read(f"op.execute({sql!r})")


@pytest.mark.parametrize(
    ("code", "name", "numbers"),
    [
        ("sa.String(20)", "character varying", (20, None, None)),
        ("sa.String(length=SIZE)", "character varying", (40, None, None)),
        ("sa.String", "character varying", (None, None, None)),
        ("sa.String(unknown())", "", (None, None, None)),
        ("sa.Unicode(5)", "character varying", (5, None, None)),
        ("sa.Text()", "text", (None, None, None)),
        ("sa.CHAR(3)", "character", (3, None, None)),
        ("sa.BigInteger()", "bigint", (None, None, None)),
        ("sa.Numeric(10, 2)", "numeric", (None, 10, 2)),
        ("sa.Numeric(precision=10)", "numeric", (None, 10, 0)),
        ("sa.Numeric()", "numeric", (None, None, None)),
        ("sa.Float()", "double precision", (None, None, None)),
        ("sa.Float(24)", "real", (None, None, None)),
        ("sa.DateTime()", "timestamp without time zone", (None, None, None)),
        ("sa.DateTime(timezone=True)", "timestamp with time zone", (None, None, None)),
        ("sa.DateTime(timezone=unknown())", "", (None, None, None)),
        ("postgresql.TIMESTAMP(True, 3)", "timestamp with time zone", (None, 3, None)),
        ("sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')", "jsonb", (None, None, None)),
        ("sa.JSON().with_variant(sa.Text(), 'sqlite')", "json", (None, None, None)),
        ("postgresql.ARRAY(sa.Text())", "text[]", (None, None, None)),
        ("postgresql.ENUM('a', name='kind')", "kind", (None, None, None)),
        ("GUID()", "", (None, None, None)),
        ("GUID(16)", "", (16, None, None)),
    ],
)
def test_types_of_sqlalchemy(
    code: str, name: str, numbers: tuple[int | None, int | None, int | None]
) -> None:
    top = "from app.types import GUID, unknown\nSIZE = 40"
    found = read(f"op.add_column('a', sa.Column('b', {code}))", top).columns[0].type
    assert found is not None
    assert found.name == name
    assert (found.length, found.precision, found.scale) == numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VARCHAR(20)", ColumnType("VARCHAR(20)", "string", 20, name="character varying")),
        ("int8", ColumnType("int8", "integer", name="bigint")),
        ("serial", ColumnType("serial", "integer", name="integer")),
        (
            "numeric(8, 3)",
            ColumnType("numeric(8, 3)", "decimal", None, None, "numeric", 8, 3),
        ),
        (
            "timestamp(3) with time zone",
            ColumnType(
                "timestamp(3) with time zone",
                "timestamp",
                name="timestamp with time zone",
                precision=3,
            ),
        ),
        ("pg_catalog.int4", ColumnType("pg_catalog.int4", "integer", name="integer")),
        ("text[]", ColumnType("text[]", "array", name="text[]")),
        ("ops.mood", ColumnType("ops.mood", "mood")),
    ],
)
def test_types_of_sql(text: str, expected: ColumnType) -> None:
    assert sql_type(text) == expected


@pytest.mark.parametrize(
    ("code", "fill"),
    [
        ("server_default='now()'", "constant"),
        ("server_default=sa.text('now()')", "stable"),
        ("server_default=sa.func.now()", "stable"),
        ("server_default=sa.text('gen_random_uuid()')", "volatile"),
        ("server_default=sa.func.gen_random_uuid()", "volatile"),
        ("server_default=sa.text(DEFAULT)", "volatile"),
        ("server_default=sa.text(f'{made()}')", ""),
        ("server_default=sa.text('app_default()')", ""),
        ("server_default=sa.func.app_default()", ""),
        ("server_default=sa.func.timezone('utc', sa.func.now())", "stable"),
        ("server_default=sa.false()", "constant"),
        ("server_default=sa.literal_column('0')", "constant"),
        ("server_default=sa.Sequence('s').next_value()", "volatile"),
        ("server_default=None", ""),
        ("", ""),
        ("server_default=made()", ""),
        ("server_default=sa.Identity()", "identity"),
        ("sa.Identity(always=True)", "identity"),
        ("sa.Computed('a + 1', persisted=True)", "stored"),
        ("sa.Computed('a + 1', persisted=False)", "virtual"),
        ("sa.Computed('a + 1')", "generated"),
        ("primary_key=True", "serial"),
        ("primary_key=True, autoincrement=False", ""),
    ],
)
def test_fills_of_sqlalchemy(code: str, fill: str) -> None:
    top = "from app import made\nDEFAULT = 'random() * 10'"
    column = read(f"op.add_column('a', sa.Column('b', sa.Integer, {code}))", top).columns[0]
    assert column.fill == fill


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("int DEFAULT 0", ("constant", True, True)),
        ("jsonb NOT NULL DEFAULT '{}'::jsonb", ("constant", True, False)),
        ("timestamptz DEFAULT CURRENT_TIMESTAMP(3)", ("stable", True, True)),
        ("uuid DEFAULT gen_random_uuid() NOT NULL", ("volatile", True, False)),
        ("timestamptz DEFAULT (now() + interval '1 day')", ("stable", True, True)),
        ("int DEFAULT my_default()", ("", True, True)),
        ("int GENERATED BY DEFAULT AS IDENTITY", ("identity", True, True)),
        ("int GENERATED ALWAYS AS (a + 1) STORED", ("stored", True, True)),
        ("int GENERATED ALWAYS AS (a + 1) VIRTUAL", ("virtual", True, True)),
        ("int GENERATED ALWAYS AS (a + 1)", ("generated", True, True)),
        ("bigserial", ("serial", True, False)),
        ("int DEFAULT NULL", ("", False, True)),
    ],
)
def test_fills_of_sql(sql: str, expected: tuple[str, bool, bool]) -> None:
    column = read_sql(f"ALTER TABLE a ADD COLUMN b {sql}").columns[0]
    assert (column.fill, column.default, column.nullable) == expected


def test_columns_bring_checks_and_keys_along() -> None:
    by_call = read("op.add_column('a', sa.Column('b', sa.Integer, sa.CheckConstraint('b > 0')))")
    assert by_call.columns[0].checked
    by_sql = read_sql("ALTER TABLE a ADD b int CHECK (b > 0) REFERENCES ops.c (id)").columns[0]
    assert by_sql.checked
    assert by_sql.foreign_key == "ops.c.id"


FOREIGN = Constraint(
    "foreign",
    "fk",
    ("b",),
    "c",
    referent_schema="ops",
    referent_columns=("id",),
    valid=False,
    deferrable=True,
    deferred=True,
)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "op.create_foreign_key('fk', 'a', 'c', ['b'], ['id'], referent_schema='ops',"
            " postgresql_not_valid=True, deferrable=True, initially='DEFERRED')",
            FOREIGN,
        ),
        (
            "op.execute('ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES ops.c (id)"
            " DEFERRABLE INITIALLY DEFERRED NOT VALID')",
            FOREIGN,
        ),
        (
            "op.create_unique_constraint('u', 'a', ['b'], deferrable=True)",
            Constraint("unique", "u", ("b",), deferrable=True),
        ),
        (
            "op.execute('ALTER TABLE a ADD CONSTRAINT u UNIQUE (b) NOT DEFERRABLE')",
            Constraint("unique", "u", ("b",)),
        ),
        (
            "op.execute('ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX ix')",
            Constraint("unique", "u", using_index="ix"),
        ),
        (
            "op.execute('ALTER TABLE a ADD PRIMARY KEY USING INDEX ix')",
            Constraint("primary", unnamed=True, using_index="ix"),
        ),
        (
            "op.create_check_constraint('c', 'a', sa.text('b > 0'), postgresql_not_valid=True)",
            Constraint("check", "c", valid=False, text="b > 0"),
        ),
        (
            "op.create_check_constraint('c', 'a', 'b > 0', postgresql_not_valid=unknown())",
            Constraint("check", "c", valid=None, text="b > 0"),
        ),
        (
            "op.execute('ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID')",
            Constraint("check", "c", valid=False, text="b > 0"),
        ),
        (
            "op.execute('ALTER TABLE a ADD CONSTRAINT n NOT NULL b NOT VALID')",
            Constraint("not null", "n", ("b",), valid=False),
        ),
    ],
)
def test_constraints(code: str, expected: Constraint) -> None:
    assert read(code, "from app import unknown").constraint == expected


def test_a_valid_not_null_constraint_is_set_not_null() -> None:
    found = read_sql("ALTER TABLE a ADD CONSTRAINT n NOT NULL b")
    assert found.kind == "alter_column"
    assert found.column == "b"
    assert found.change is not None
    assert found.change.nullable is False


def test_what_alter_column_says() -> None:
    call = read(
        "op.alter_column('a', 'b', type_=sa.BigInteger(), existing_type=sa.Integer(),"
        " postgresql_using='b::bigint', server_default=sa.text('0'))"
    ).change
    sql = read_sql("ALTER TABLE a ALTER b TYPE bigint USING b::bigint").change
    assert call is not None
    assert sql is not None
    assert call.existing_type is not None
    assert call.existing_type.name == "integer"
    assert call.default_text == "sa.text('0')"
    for change in (call, sql):
        assert change.using == "b::bigint"
        assert change.type is not None
        assert change.type.name == "bigint"
    default = read_sql("ALTER TABLE a ALTER b SET DEFAULT now()").change
    assert default is not None
    assert default.default_text == "now()"


@pytest.mark.parametrize(
    ("sql", "kind", "fields"),
    [
        ("LOCK TABLE a", "lock", {"table": "a", "values": ("access exclusive",)}),
        ("LOCK ops.a IN SHARE ROW EXCLUSIVE MODE NOWAIT", "lock",
         {"table": "a", "schema": "ops", "values": ("share row exclusive",)}),
        ("CLUSTER a USING ix", "cluster", {"table": "a"}),
        ("VACUUM FULL a", "vacuum full", {"table": "a"}),
        ("VACUUM (FULL, ANALYZE) a", "vacuum full", {"table": "a"}),
        ("VACUUM (ANALYZE) a", "vacuum", {"table": "a"}),
        ("REINDEX TABLE a", "reindex", {"table": "a", "concurrently": False}),
        ("REINDEX INDEX CONCURRENTLY ix", "reindex", {"name": "ix", "concurrently": True}),
        ("REINDEX (CONCURRENTLY) TABLE a", "reindex", {"table": "a", "concurrently": True}),
        ("REFRESH MATERIALIZED VIEW v", "refresh", {"table": "v", "concurrently": False}),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "refresh", {"concurrently": True}),
        ("ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1)", "attach partition",
         {"table": "a", "name": "b"}),
        ("ALTER TABLE a DETACH PARTITION b CONCURRENTLY", "detach partition",
         {"table": "a", "name": "b", "concurrently": True}),
        ("ALTER TABLE a SET UNLOGGED", "set unlogged", {"table": "a"}),
        ("ALTER TABLE a SET (fillfactor = 70)", "set parameters", {"table": "a"}),
        ("ALTER TABLE a ENABLE ROW LEVEL SECURITY", "enable row", {"table": "a"}),
        ("SET LOCAL lock_timeout = '4s'", "set",
         {"name": "lock_timeout", "values": ("4s",), "options": frozenset({"local"})}),
        ("SET lock_timeout TO 4000", "set", {"name": "lock_timeout", "values": ("4000",)}),
        ("SELECT set_config('lock_timeout', '4s', true)", "set",
         {"name": "lock_timeout", "values": ("4s",), "options": frozenset({"local"})}),
        ("RESET lock_timeout", "reset", {"name": "lock_timeout"}),
        ("SET CONSTRAINTS ALL IMMEDIATE", "set constraints", {"values": ("all immediate",)}),
        ("SELECT setval('s', 4)", "select", {}),
    ],
)  # fmt: skip
def test_commands(sql: str, kind: str, fields: dict[str, object]) -> None:
    found = read_sql(sql)
    assert found.kind == "sql"
    assert found.object_type == kind
    assert {name: getattr(found, name) for name in fields} == fields


def test_a_function_nobody_knows_may_do_anything() -> None:
    assert read_sql("SELECT migrate_rows()").kind == "undecided"


def test_a_domain_says_whether_it_has_constraints() -> None:
    assert read_sql("CREATE DOMAIN d AS text CHECK (VALUE <> '')").constraints
    assert not read_sql("CREATE DOMAIN d AS text").constraints
    column = read(
        "op.add_column('a', sa.Column('b', postgresql.DOMAIN('d', sa.Text(), not_null=True)))"
    ).columns[0]
    assert column == Column("b", column.type, span=column.span)
    assert column.type is not None
    assert column.type.constrained is True
    assert column.type.name == "d"


def test_volatility_is_the_servers(postgres: embedded.Server) -> None:
    worst = "SELECT proname, max(CASE provolatile WHEN 'v' THEN 3 WHEN 's' THEN 2 ELSE 1 END)"
    with postgres.connect() as connection:
        rows = connection.execute(
            f"{worst} FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace GROUP BY 1"
        ).fetchall()
    server = {name: level for name, level in rows}
    tables = {3: volatility.VOLATILE, 2: volatility.STABLE, 1: volatility.IMMUTABLE}
    wrong = {
        name: (level, server[name])
        for level, names in tables.items()
        for name in names
        if name in server and server[name] != level
    }
    assert wrong == {}
    known = {name for names in tables.values() for name in names}
    assert known - set(server) <= {"uuidv4", "uuidv7"}


@pytest.mark.parametrize(
    "text",
    [
        "sa.String(20)",
        "sa.Numeric(precision=10, scale=2)",
        "sa.Enum('a', \"it's\", name='e')",
        "a.b.c",
        "f()(g.h(True, None))",
        "(1).real",
        "f(*a, **b)",
        "u'a' + b",
        "f(u'a', 1.5, -1, 10**9, [x])",
    ],
)
def test_expressions_are_written_as_python_writes_them(text: str) -> None:
    node = ast.parse(text, mode="eval").body
    assert written(node) == ast.unparse(node)

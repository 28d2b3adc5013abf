"""The locks and the rewrites that the review speaks of, beside those of a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.review.locks import MODES, locks_of
from opsmig_tui.review.migration import read_migration
from opsmig_tui.review.operations import ColumnType, Operation
from opsmig_tui.review.rewrites import rewrites
from opsmig_tui.review.types import sql_type
from tests.review.case import Case

SETUP = """
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE t (
    id int PRIMARY KEY, n int, o int, parent_id int, v varchar(20), c varchar, x text,
    p numeric(10, 2), q numeric, ts timestamp(3), ts0 timestamp, tz timestamptz, ci cidr,
    tt time(3), iv interval(3), ch char(5), ar varchar(10)[], b bit varying(5), d date, fl real,
    small smallint, j json, boo boolean, u uuid
);
INSERT INTO t (id, n, o, parent_id, v) VALUES (1, 1, 1, NULL, 'a');
CREATE INDEX ix ON t (n); CREATE UNIQUE INDEX ux ON t (o);
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent NOT VALID;
ALTER TABLE t ADD CONSTRAINT ck CHECK (id > 0) NOT VALID;
CREATE TABLE keyless (id int NOT NULL, n int);
CREATE TABLE part (id int, k int) PARTITION BY LIST (k);
CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE part2 (id int, k int);
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t; CREATE UNIQUE INDEX mvi ON mv (id);
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr0 BEFORE INSERT ON parent FOR EACH ROW EXECUTE FUNCTION trg();
CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN number AS int;
CREATE TYPE mood AS ENUM ('a');
"""
HELD = """
SELECT relation, upper(replace(mode, 'Lock', '')) FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation'
"""
# Asked before the statement, so that what it drops has a name, and what it creates has none.
TABLES = """
SELECT oid, relname FROM pg_class
WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace
"""
FILES = "SELECT relname, relfilenode FROM pg_class WHERE relnamespace = 'public'::regnamespace"


@pytest.fixture(scope="module")
def database(postgres: embedded.Server) -> Iterator[psycopg.Connection[Any]]:
    """A database with a bit of everything. Each test rolls back what it does."""
    with postgres.connect() as connection:
        connection.execute("CREATE DATABASE locks_of_operations")
    with postgres.connect("locks_of_operations") as connection:
        connection.execute(SETUP)
        yield connection
    with postgres.connect() as connection:
        connection.execute("DROP DATABASE locks_of_operations")


class Ran:
    """What one statement did in a transaction that was rolled back."""

    def __init__(self, database: psycopg.Connection[Any], sql: str, before: str = "") -> None:
        notices: list[str] = []

        def note(diagnostic: psycopg.errors.Diagnostic) -> None:
            notices.append(diagnostic.message_primary or "")

        database.add_notice_handler(note)
        try:
            with database.transaction(force_rollback=True):
                if before:
                    database.execute(before.encode())
                tables: dict[int, str] = dict(database.execute(TABLES).fetchall())
                files: dict[str, int] = dict(database.execute(FILES).fetchall())
                database.execute("SET LOCAL client_min_messages = debug1")
                database.execute(sql.encode())
                database.execute("SET LOCAL client_min_messages = warning")
                after: dict[str, int] = dict(database.execute(FILES).fetchall())
                self.locks: dict[str, str] = {}
                for relation, mode in database.execute(HELD).fetchall():
                    if relation in tables:
                        self._hold(
                            tables[relation], next(m for m in MODES if m.replace(" ", "") == mode)
                        )
        finally:
            database.remove_notice_handler(note)
        self.rewritten = files["t"] != after.get("t", files["t"])
        self.scanned = any(text.startswith(("verifying", "validating")) for text in notices)
        self.proved = any("sufficient to prove" in text for text in notices)

    def _hold(self, table: str, mode: str) -> None:
        held = self.locks.get(table)
        if held is None or MODES.index(held) < MODES.index(mode):
            self.locks[table] = mode


def read_sql(sql: str) -> Operation:
    source = Case("x", f"op.execute({sql!r})").source
    (found,) = read_migration(Path("versions/a1.py"), source).upgrade
    return found


IN_A_TRANSACTION = [
    "ALTER TABLE t ADD COLUMN z int",
    "ALTER TABLE t ADD COLUMN z int DEFAULT 1 NOT NULL",
    "ALTER TABLE t ADD COLUMN z int REFERENCES parent (id)",
    "ALTER TABLE t ADD COLUMN z int UNIQUE",
    "ALTER TABLE t DROP COLUMN n",
    "ALTER TABLE t ALTER n SET DEFAULT 1",
    "ALTER TABLE t ALTER n SET NOT NULL",
    "ALTER TABLE t ALTER n DROP NOT NULL",
    "ALTER TABLE t ALTER n SET STATISTICS 100",
    "ALTER TABLE t ALTER n SET (n_distinct = 5)",
    "ALTER TABLE t ALTER v SET STORAGE EXTERNAL",
    "ALTER TABLE t ALTER v TYPE text",
    "ALTER TABLE t RENAME n TO m",
    "ALTER TABLE t RENAME CONSTRAINT fk TO fk2",
    "ALTER TABLE t ADD FOREIGN KEY (parent_id) REFERENCES parent (id)",
    "ALTER TABLE t ADD FOREIGN KEY (parent_id) REFERENCES parent (id) NOT VALID",
    "ALTER TABLE t VALIDATE CONSTRAINT ck",
    "ALTER TABLE t ADD CHECK (n > 0)",
    "ALTER TABLE t ADD CHECK (n > 0) NOT VALID",
    "ALTER TABLE t ADD UNIQUE (n)",
    "ALTER TABLE t ADD UNIQUE USING INDEX ux",
    "ALTER TABLE keyless ADD PRIMARY KEY (id)",
    "ALTER TABLE t ADD EXCLUDE USING gist (int4range(n, n + 1) WITH &&)",
    "ALTER TABLE t ADD CONSTRAINT nnn NOT NULL v NOT VALID",
    "ALTER TABLE t DROP CONSTRAINT ck",
    "ALTER TABLE t SET UNLOGGED",
    "ALTER TABLE t SET (fillfactor = 80)",
    "ALTER TABLE t RESET (fillfactor)",
    "ALTER TABLE t CLUSTER ON t_pkey",
    "ALTER TABLE t SET WITHOUT CLUSTER",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE t DISABLE TRIGGER ALL",
    "ALTER TABLE t OWNER TO postgres",
    "ALTER TABLE t REPLICA IDENTITY FULL",
    "ALTER TABLE part ATTACH PARTITION part2 FOR VALUES IN (2)",
    "ALTER TABLE part DETACH PARTITION part1",
    "CREATE TABLE part3 PARTITION OF part FOR VALUES IN (3)",
    "CREATE TABLE child (id int, parent_id int REFERENCES parent (id))",
    "CREATE TABLE other (id int)",
    "CREATE INDEX i2 ON t (o)",
    "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trg()",
    "DROP TRIGGER tr0 ON parent",
    "CREATE POLICY po ON t",
    "DROP TABLE keyless",
    "TRUNCATE keyless",
    "LOCK TABLE t",
    "LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE",
    "CLUSTER t USING t_pkey",
    "REINDEX TABLE t",
    "REFRESH MATERIALIZED VIEW mv",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY mv",
    "UPDATE t SET n = 2",
    "DELETE FROM t",
    "INSERT INTO keyless VALUES (1)",
]


@pytest.mark.parametrize("sql", IN_A_TRANSACTION)
def test_locks_are_the_servers(database: psycopg.Connection[Any], sql: str) -> None:
    told = {lock.table: lock.mode for lock in locks_of(read_sql(sql), 18)}
    held = Ran(database, sql).locks
    # That a child or a view's source is read along is not told: nobody waits for that.
    weak = ("ACCESS SHARE", "ROW SHARE")
    assert told == {table: mode for table, mode in held.items() if mode not in weak}


@pytest.mark.parametrize(
    ("sql", "more"),
    [
        ("ALTER TABLE t DROP COLUMN parent_id", {"parent": "ACCESS EXCLUSIVE"}),
        ("ALTER TABLE t DROP CONSTRAINT fk", {"parent": "ACCESS EXCLUSIVE"}),
        ("DROP INDEX ix", {"t": "ACCESS EXCLUSIVE"}),
    ],
)
def test_locks_that_the_text_does_not_name(
    database: psycopg.Connection[Any], sql: str, more: dict[str, str]
) -> None:
    told = {lock.table: lock.mode for lock in locks_of(read_sql(sql), 18)}
    held = Ran(database, sql).locks
    assert held == {**told, **more}


@pytest.mark.parametrize(
    ("definition", "rewritten"),
    [
        ("int", False),
        ("int DEFAULT 1 NOT NULL", False),
        ("timestamptz DEFAULT now()", False),
        ("timestamptz DEFAULT current_timestamp", False),
        ("uuid DEFAULT gen_random_uuid()", True),
        ("timestamptz DEFAULT clock_timestamp()", True),
        ("float DEFAULT random()", True),
        ("int GENERATED ALWAYS AS IDENTITY", True),
        ("serial", True),
        ("int GENERATED ALWAYS AS (n + 1) STORED", True),
        ("int GENERATED ALWAYS AS (n + 1) VIRTUAL", False),
        ("positive", True),
        ("positive DEFAULT 1", True),
        ("number", False),
        ("number DEFAULT 1", False),
    ],
)
def test_columns_that_rewrite(
    database: psycopg.Connection[Any], definition: str, rewritten: bool
) -> None:
    assert Ran(database, f"ALTER TABLE t ADD COLUMN z {definition}").rewritten is rewritten
    column = read_sql(f"ALTER TABLE t ADD COLUMN z {definition}").columns[0]
    filled = column.fill in ("volatile", "identity", "serial", "stored")
    assert filled is (rewritten and not definition.startswith("positive"))


def test_a_check_along_with_a_column_scans(database: psycopg.Connection[Any]) -> None:
    assert Ran(database, "ALTER TABLE t ADD COLUMN z int CHECK (z > 0)").scanned


@pytest.mark.parametrize(("default", "scanned"), [("", False), ("DEFAULT 1", True)])
def test_a_key_in_the_column_scans_with_a_default_only(
    database: psycopg.Connection[Any], default: str, scanned: bool
) -> None:
    ran = Ran(
        database,
        f"ALTER TABLE t ADD COLUMN z int {default} REFERENCES parent (id)",
        "INSERT INTO parent VALUES (1)",
    )
    assert ran.scanned is scanned


def test_not_null_scans_unless_a_check_proves_it(database: psycopg.Connection[Any]) -> None:
    plain = Ran(database, "ALTER TABLE t ALTER n SET NOT NULL")
    assert plain.scanned
    assert not plain.rewritten
    check = "ALTER TABLE t ADD CONSTRAINT nn CHECK (n IS NOT NULL)"
    proved = Ran(database, "ALTER TABLE t ALTER n SET NOT NULL", check)
    assert proved.proved
    assert not proved.scanned
    not_valid = Ran(database, "ALTER TABLE t ALTER n SET NOT NULL", f"{check} NOT VALID")
    assert not_valid.scanned


@pytest.mark.parametrize(
    ("sql", "scanned"),
    [
        ("ALTER TABLE t ADD CHECK (n > 0)", True),
        ("ALTER TABLE t ADD CHECK (n > 0) NOT VALID", False),
        ("ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES parent (id) NOT VALID", False),
        ("ALTER TABLE t ADD CONSTRAINT nnn NOT NULL v NOT VALID", False),
        ("ALTER TABLE t VALIDATE CONSTRAINT ck", True),
    ],
)
def test_constraints_that_scan(database: psycopg.Connection[Any], sql: str, scanned: bool) -> None:
    assert Ran(database, sql).scanned is scanned


TYPES = [
    ("v", "varchar(20)", "varchar(40)"),
    ("v", "varchar(20)", "varchar(10)"),
    ("v", "varchar(20)", "varchar"),
    ("v", "varchar(20)", "text"),
    ("v", "varchar(20)", "char(30)"),
    ("c", "varchar", "text"),
    ("c", "varchar", "varchar(50)"),
    ("x", "text", "varchar"),
    ("x", "text", "varchar(50)"),
    ("p", "numeric(10,2)", "numeric(12,2)"),
    ("p", "numeric(10,2)", "numeric(12,3)"),
    ("p", "numeric(10,2)", "numeric(8,2)"),
    ("p", "numeric(10,2)", "numeric"),
    ("q", "numeric", "numeric(12,3)"),
    ("ts", "timestamp(3)", "timestamp(6)"),
    ("ts", "timestamp(3)", "timestamp"),
    ("ts0", "timestamp", "timestamp(3)"),
    ("ts", "timestamp(3)", "timestamp(2) with time zone"),
    ("tt", "time(3)", "time(6)"),
    ("tt", "time(3)", "time(2)"),
    ("iv", "interval(3)", "interval(6)"),
    ("iv", "interval(3)", "interval"),
    ("ci", "cidr", "inet"),
    ("n", "int", "bigint"),
    ("n", "int", "int"),
    ("n", "int", "numeric"),
    ("n", "int", "text"),
    ("n", "int", "real"),
    ("small", "smallint", "int"),
    ("fl", "real", "double precision"),
    ("d", "date", "timestamp"),
    ("j", "json", "jsonb"),
    ("j", "json", "text"),
    ("u", "uuid", "text"),
    ("boo", "boolean", "int"),
    ("ch", "char(5)", "text"),
    ("ch", "char(5)", "char(10)"),
    ("ar", "varchar(10)[]", "text[]"),
    ("b", "bit varying(5)", "bit varying(10)"),
    ("b", "bit varying(5)", "bit varying(2)"),
]


@pytest.mark.parametrize(("column", "old", "new"), TYPES)
def test_types_that_rewrite(
    database: psycopg.Connection[Any], column: str, old: str, new: str
) -> None:
    casts = {"bit varying(2)": "b::bit varying(2)", "int": "boo::int"}
    using = f" USING {casts[new]}" if column in ("boo", "b") and new in casts else ""
    ran = Ran(database, f"ALTER TABLE t ALTER {column} TYPE {new}{using}")
    assert rewrites(sql_type(old), sql_type(new), using.removeprefix(" USING ")) is ran.rewritten


@pytest.mark.parametrize(("zone", "rewritten"), [("UTC", False), ("Europe/Berlin", True)])
@pytest.mark.parametrize(
    ("column", "old", "new"),
    [("ts0", "timestamp", "timestamptz"), ("tz", "timestamptz", "timestamp")],
)
def test_time_zones_decide_whether_a_timestamp_is_rewritten(
    database: psycopg.Connection[Any], zone: str, rewritten: bool, column: str, old: str, new: str
) -> None:
    before = f"SET LOCAL timezone = '{zone}'"
    assert Ran(database, f"ALTER TABLE t ALTER {column} TYPE {new}", before).rewritten is rewritten
    assert rewrites(sql_type(old), sql_type(new)) is None


@pytest.mark.parametrize(
    ("column", "old", "new", "using"),
    [
        ("v", "varchar(20)", "text", "v::text"),
        ("v", "varchar(20)", "text", "lower(v)"),
        ("ts0", "timestamp", "timestamptz", "ts0 AT TIME ZONE 'UTC'"),
        ("v", "varchar(20)", "varchar(40)", "v::varchar(40)"),
    ],
)
def test_using_rewrites_unless_it_is_a_cast(
    database: psycopg.Connection[Any], column: str, old: str, new: str, using: str
) -> None:
    ran = Ran(database, f"ALTER TABLE t ALTER {column} TYPE {new} USING {using}")
    assert rewrites(sql_type(old), sql_type(new), using) is ran.rewritten


def test_what_is_not_known_of_a_type_is_not_guessed() -> None:
    assert rewrites(None, sql_type("text")) is None
    assert rewrites(None, sql_type("bigint")) is True
    assert rewrites(sql_type("text"), sql_type("ops.mood")) is None
    assert rewrites(sql_type("ops.mood"), sql_type("text")) is None
    assert rewrites(sql_type("text"), ColumnType("d", "string", constrained=True)) is True


@pytest.mark.parametrize(("deferred", "refused"), [("INITIALLY DEFERRED", True), ("", False)])
def test_a_table_with_pending_events_cannot_be_altered(
    database: psycopg.Connection[Any], deferred: str, refused: bool
) -> None:
    changed = f"""
    ALTER TABLE t ADD FOREIGN KEY (o) REFERENCES parent (id) DEFERRABLE {deferred} NOT VALID;
    INSERT INTO parent VALUES (1), (2);
    UPDATE t SET o = 2;
    """
    alter = "ALTER TABLE t DROP COLUMN n"
    if refused:
        with pytest.raises(psycopg.errors.ObjectInUse, match="pending trigger events"):
            Ran(database, alter, changed)
    Ran(database, alter, f"{changed} SET CONSTRAINTS ALL IMMEDIATE")
    if not refused:
        Ran(database, alter, changed)

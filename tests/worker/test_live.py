"""Questions about live data, asked of a real PostgreSQL through a real worker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.worker.protocol import LiveObject, Probe
from tests.worker.live import ABOVE, LARGE, Asker, locked, make_database

DATABASE = "live_data"
WEIRD: dict[str, Any] = {"schema": 'We"ird %s'}
TABLE, COLUMN, KIND = "Sel%%ect:x", 'A b:c"d%%', "Kind's %%"


@pytest.fixture(scope="session")
def url(postgres: embedded.Server, role_password: str) -> str:
    make_database(postgres, DATABASE, role_password)
    return postgres.url(DATABASE, role_password)


@pytest.fixture(scope="session")
def db(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    asker = Asker(tmp_path_factory.mktemp("live") / "project", url)
    yield asker
    asker.stop()


EXACT = [
    ("rows", "vendor", (), {}, 6),
    ("rows", "empty", (), {}, 0),
    ("values", "vendor", ("name",), {}, 3),
    ("values", "vendor", ("name", "code"), {}, 4),
    ("nulls", "vendor", ("name",), {}, 3),
    ("nulls", "vendor", ("name", "rating"), {}, 3),
    ("duplicates", "vendor", ("code",), {}, 3),
    ("duplicates", "vendor", ("code", "name"), {}, 0),
    ("duplicates", "agreement", ("vendor_id",), {}, 0),
    ("orphans", "agreement", ("vendor_id",), {"referent": "vendor", "referent_schema": "ops"}, 2),
    (
        *("orphans", "agreement", ("parent",)),
        *({"referent": "agreement", "referent_schema": "ops", "referent_columns": ("id",)}, 1),
    ),
    ("longest", "vendor", ("name",), {}, 30),
    ("longest", "empty", ("name",), {}, 0),
    # The blanks at the end may be cut off: 27 characters are left.
    ("unfit", "vendor", ("name",), {"value": "character varying(27)"}, 0),
    ("unfit", "vendor", ("name",), {"value": "character varying(26)"}, 1),
    ("unfit", "vendor", ("name",), {"value": "character(4)"}, 2),
    ("unfit", "vendor", ("rating",), {"value": "smallint"}, 3),
    ("unfit", "vendor", ("rating",), {"value": "integer"}, 1),
    ("unfit", "vendor", ("rating",), {"value": "numeric(5)"}, 0),
    ("unfit", "vendor", ("rating",), {"value": "numeric(4,2)"}, 3),
    ("unfit", "vendor", ("rating",), {"value": "numeric(5,2)"}, 2),
    ("misfits", "priced", ("low", "high"), {"value": "in order's"}, 2),
    ("misfits", "priced", ("note",), {"value": "noted"}, 1),
]


@pytest.mark.parametrize(
    ("kind", "table", "columns", "rest", "number"), EXACT, ids=lambda v: str(v).replace("'", "")
)
def test_small_tables_are_counted(
    db: Asker, kind: str, table: str, columns: tuple[str, ...], rest: Any, number: int
) -> None:
    answer = db.ask(kind, table, *columns, **rest)
    assert (answer.number, answer.problem, answer.absent) == (number, "", False)
    assert not answer.estimated
    assert not answer.at_least


def test_the_server_agrees_on_what_does_not_fit(db: Asker, postgres: embedded.Server) -> None:
    """What is counted as fitting can be altered, and what is not cannot."""
    import psycopg

    with postgres.connect(DATABASE) as connection:
        for _, table, (column,), rest, number in [one for one in EXACT if one[0] == "unfit"]:
            change = f"ALTER TABLE ops.{table} ALTER {column} TYPE {rest['value']}"
            refused = False
            with connection.transaction(force_rollback=True):
                try:
                    connection.execute(change.encode())
                except (psycopg.DataError, psycopg.errors.FeatureNotSupported):
                    refused = True
            assert refused == (number > 0), change


def test_the_server_agrees_on_what_breaks_a_check(db: Asker, postgres: embedded.Server) -> None:
    import psycopg

    with postgres.connect(DATABASE) as connection:
        for name in ("in order's", "noted"):
            change = f'ALTER TABLE ops.priced VALIDATE CONSTRAINT "{name}"'
            with pytest.raises(psycopg.errors.CheckViolation, match=name):
                connection.execute(change.encode())
    peek = db.peek("misfits", "priced", "low", "high", value="in order's")
    assert [row[:3] for row in peek.rows] == [("2", "3", "2"), ("4", "4", "2")]


def test_a_check_that_writes_is_not_run(db: Asker, postgres: embedded.Server) -> None:
    answer = db.ask("misfits", "priced", "low", value="called")
    assert "read-only" in answer.problem
    assert db.ask("misfits", "priced", "low", value="none").absent
    with postgres.connect(DATABASE) as connection:
        assert connection.execute(b"SELECT count(*) FROM ops.written").fetchone() == (0,)


def test_a_large_table_is_estimated_and_says_so(db: Asker) -> None:
    rows = db.ask("rows", "large")
    assert rows.estimated
    assert rows.number == pytest.approx(LARGE, rel=0.05)
    nulls = db.ask("nulls", "large", "twice")
    assert nulls.estimated
    assert nulls.number == pytest.approx(LARGE / 4, rel=0.1)
    orphans = db.ask("orphans", "large", "vendor_id", referent="vendor", referent_schema="ops")
    assert orphans.estimated
    assert orphans.number == pytest.approx(LARGE / 4, rel=0.1)
    longest = db.ask("longest", "large", "code")
    assert 9 <= longest.number <= 10
    assert longest.at_least


def test_one_row_in_a_large_table_is_found_all_the_same(db: Asker) -> None:
    rare = [db.ask("values", "large", f"rare{n}") for n in range(1, 7)]
    assert all(answer.number > 0 for answer in rare)
    # Some of them are in the sample, which is a third of the table; the others are looked for.
    assert {(answer.number, answer.at_least) for answer in rare if answer.at_least} == {(1, True)}
    assert any(answer.at_least for answer in rare)
    none = db.ask("nulls", "large", "id")
    assert (none.number, none.at_least, none.estimated) == (0, False, False)


def test_duplicates_in_a_large_table(db: Asker) -> None:
    assert db.ask("duplicates", "large", "id").number == 0
    some = db.ask("duplicates", "large", "vendor_id")
    assert some.at_least
    assert some.number >= 2


def test_the_same_sample_each_time(db: Asker) -> None:
    first = db.ask("nulls", "large", "twice")
    assert db.ask("nulls", "large", "twice") == first


def test_partitions_are_one_table(db: Asker) -> None:
    assert db.ask("values", "parted", "code", sample_above=10 * LARGE).number == LARGE // 2
    sampled = db.ask("values", "parted", "code")
    assert sampled.estimated
    assert sampled.number == pytest.approx(LARGE / 2, rel=0.2)
    assert db.ask("dependents", "parted").number == 0


def test_what_is_not_there_is_absent(db: Asker) -> None:
    assert db.ask("rows", "nowhere").absent
    assert db.ask("nulls", "vendor", "nothing").absent
    assert db.ask("rows", "vendor", schema="other").absent
    assert db.ask("dependents", "vendor", "nothing").absent
    assert db.ask("orphans", "agreement", "vendor_id", referent="nowhere").absent
    assert db.ask("enum_used", "state", value="lost").absent
    assert db.ask("enum_used", "nothing", value="open").absent
    # Without a schema it is what the session sees.
    assert db.ask("rows", TABLE, schema=None).absent
    assert db.ask("rows", "visible", schema=None).number == 2


def test_weird_names(db: Asker) -> None:
    assert db.ask("rows", TABLE, **WEIRD).number == 3
    assert db.ask("nulls", TABLE, COLUMN, **WEIRD).number == 1
    assert db.ask("duplicates", TABLE, '"', **WEIRD).number == 2
    assert db.ask("longest", TABLE, COLUMN, **WEIRD).number == 3
    to = {"referent": TABLE, "referent_schema": WEIRD["schema"]}
    assert db.ask("orphans", TABLE, '"', **to, **WEIRD).number == 1
    used = db.ask("enum_used", KIND, value="it's %% \\ this", **WEIRD)
    assert used.objects == (LiveObject("column", "kind", WEIRD["schema"], TABLE, rows=3),)
    assert db.peek("nulls", TABLE, COLUMN, **WEIRD).rows == (("3", None, "9", "it's %% \\ this"),)


def test_an_enum_value_in_use(db: Asker) -> None:
    answer = db.ask("enum_used", "state", value="closed")
    assert answer.number == 3
    found = {item.name: item.rows for item in answer.objects}
    assert found == {"state": 1, "states": 1, "also": 1}
    assert {(item.kind, item.schema, item.table) for item in answer.objects} == {
        ("column", "ops", "vendor")
    }


DEPENDENT = {
    (): {
        *("view named", "view counted", "materialized view kept", "function nicknames"),
        "foreign key clause_agreement_fkey",
    },
    ("nickname",): {
        *("view named", "function nicknames", "trigger on_nickname", "index lowered"),
    },
    ("vendor_id",): {"materialized view kept", "policy own"},
    ("part",): {"generated column doubled"},
    ("id",): {"view named", "foreign key clause_agreement_fkey"},
    ("parent",): set(),
}


@pytest.mark.parametrize("columns", DEPENDENT)
def test_what_depends_on_a_table_or_a_column(
    db: Asker, postgres: embedded.Server, columns: tuple[str, ...]
) -> None:
    answer = db.ask("dependents", "agreement", *columns)
    assert {f"{item.kind} {item.name}" for item in answer.objects} == DEPENDENT[columns]
    blocking = [item for item in answer.objects if item.blocks]
    assert answer.number == len(blocking)
    # The server refuses the drop exactly where something blocks.
    import psycopg

    drop = f"ALTER TABLE ops.agreement DROP {columns[0]}" if columns else "DROP TABLE ops.agreement"
    with postgres.connect(DATABASE) as connection, connection.transaction(force_rollback=True):
        try:
            connection.execute(drop.encode())
        except psycopg.errors.DependentObjectsStillExist:
            assert blocking
        else:
            assert not blocking


OF_TYPE = ("view", "materialized view", "function", "trigger", "policy", "generated column")
"""As review/rules/live_data.py has them: the worker's answer is the tool's to read."""


@pytest.mark.parametrize("columns", [columns for columns in DEPENDENT if columns])
def test_what_stands_in_the_way_of_another_type(
    db: Asker, postgres: embedded.Server, columns: tuple[str, ...]
) -> None:
    import psycopg

    (column,) = columns
    answer = db.ask("dependents", "agreement", column)
    blocking = [item for item in answer.objects if item.kind in OF_TYPE]
    wanted = "varchar(5000)" if column == "nickname" else "bigint"
    change = f"ALTER TABLE ops.agreement ALTER {column} TYPE {wanted}"
    with postgres.connect(DATABASE) as connection, connection.transaction(force_rollback=True):
        refused = False
        try:
            connection.execute(change.encode())
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.SyntaxError):
            refused = True
        assert refused == bool(blocking)


def test_children_block_a_table(db: Asker) -> None:
    assert db.ask("dependents", "base").objects == (LiveObject("table", "child", "ops"),)


def test_one_that_fails_does_not_spoil_the_others(db: Asker) -> None:
    ask = [
        Probe("rows", "vendor", "ops"),
        Probe("nulls", "slow", "ops", ("a",)),
        Probe("rows", "secret", "ops"),
        Probe("rows", "guarded", "ops"),
        Probe("duplicates", "vendor", "ops", ("doc",)),
        Probe("unfit", "vendor", "ops", ("name",), value="integer"),
        Probe("what", "vendor", "ops"),
        Probe("rows", "vendor", "ops"),
    ]
    result = db.all(*ask, timeout_ms=300)
    first, *failed, last = result.answers
    assert [answer.probe for answer in result.answers] == ask
    assert (first.number, last.number) == (6, 6)
    assert [answer.problem for answer in failed] == [
        "no answer within 300 ms",
        "permission denied for table secret",
        'query would be affected by row-level security policy for table "guarded"',
        "could not identify an equality operator for type json",
        "values of its type cannot be held against integer",
        "this worker knows no question 'what'",
    ]
    assert result.database == DATABASE


def test_a_locked_table_is_not_waited_for(db: Asker, postgres: embedded.Server) -> None:
    with locked(postgres, DATABASE, "ops.locked"):
        answer = db.ask("nulls", "locked", "id", timeout_ms=60_000, total_ms=60_000)
    assert answer.problem == "the table is locked by another session"
    assert db.seconds < 10
    assert db.ask("nulls", "locked", "id").number == 0


def test_all_of_it_takes_no_longer_than_was_given(db: Asker) -> None:
    slow = [Probe("nulls", "slow", "ops", ("a",), value=str(n)) for n in range(20)]
    result = db.all(*slow, timeout_ms=400, total_ms=800)
    assert db.seconds < 5
    problems = [answer.problem for answer in result.answers]
    assert problems[0] == "no answer within 400 ms"
    assert problems[-1] == "no time was left for it"


def test_a_question_can_be_cancelled(db: Asker, postgres: embedded.Server) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s"

    def runs() -> int:
        with postgres.connect() as connection:
            row = connection.execute(asked, ('%"slow"%WHERE%',)).fetchone()
            return int(row[0]) if row else 0

    began = time.monotonic()
    db.cancel_midway(Probe("nulls", "slow", "ops", ("a",)), lambda: runs() > 0)
    assert db.ask("rows", "vendor").number == 6
    assert time.monotonic() - began < 15  # it would have slept for 20 s
    assert runs() == 0


@pytest.mark.parametrize("options", ["", ", isolation_level='AUTOCOMMIT'"], ids=["", "autocommit"])
def test_nothing_can_be_written(
    db: Asker, url: str, postgres: embedded.Server, tmp_path: Path, options: str
) -> None:
    asker = Asker(tmp_path / "project", url, options) if options else db
    try:
        answer = asker.ask("nulls", "writing", "a")
        limited = asker.ask("nulls", "slow", "a", timeout_ms=100)
        after = asker.ask("rows", "vendor")
    finally:
        if options:
            asker.stop()
    assert answer.problem == "cannot execute INSERT in a read-only transaction"
    assert limited.problem == "no answer within 100 ms"
    assert after.number == 6
    with postgres.connect(DATABASE) as connection:
        assert connection.execute("SELECT count(*) FROM ops.written").fetchone() == (0,)


def test_no_database(tmp_path: Path) -> None:
    asker = Asker(tmp_path / "project", "postgresql+psycopg://ops@/x?host=/nowhere")
    try:
        result = asker.all(Probe("rows", "vendor"))
    finally:
        asker.stop()
    assert result.answers == ()
    assert "/nowhere" in result.problem


def test_sqlite_is_counted_too(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "test.db") as connection:
        connection.executescript(
            """CREATE TABLE "Ve%ndor" (id INTEGER PRIMARY KEY, "co:de" TEXT);
            CREATE TABLE agreement (id INTEGER PRIMARY KEY, vendor_id INTEGER);
            INSERT INTO "Ve%ndor" VALUES (1, 'A'), (2, 'B'), (3, 'B'), (4, NULL);
            INSERT INTO agreement VALUES (1, 1), (2, 9), (3, NULL);"""
        )
    asker = Asker(tmp_path / "project", f"sqlite:///{tmp_path / 'test.db'}")
    none = {"schema": None}
    try:
        assert asker.ask("rows", "Ve%ndor", **none).number == 4
        assert asker.ask("values", "Ve%ndor", "co:de", **none).number == 3
        assert asker.ask("nulls", "Ve%ndor", "co:de", **none).number == 1
        assert asker.ask("duplicates", "Ve%ndor", "co:de", **none).number == 2
        to = {"referent": "Ve%ndor"}
        assert asker.ask("orphans", "agreement", "vendor_id", **to, **none).number == 1
        assert asker.ask("rows", "nowhere", **none).absent
        assert asker.ask("nulls", "agreement", "nothing", **none).absent
        assert asker.ask("dependents", "agreement", **none).problem == "not asked of sqlite"
        many = asker.ask("rows", "Ve%ndor", sample_above=3, **none)
        assert (many.number, many.at_least) == (3, True)
        large = asker.ask("nulls", "Ve%ndor", "co:de", sample_above=3, **none)
        assert large.problem == "the table has more than 3 rows"
        peeked = asker.peek("nulls", "Ve%ndor", "co:de", **none)
        assert peeked.problem == "rows are not shown of sqlite"
    finally:
        asker.stop()


def test_rows_are_estimated_only_above_the_limit(db: Asker) -> None:
    assert ABOVE < LARGE
    exact = db.ask("rows", "large", sample_above=10 * LARGE)
    assert (exact.number, exact.estimated) == (LARGE, False)


# ---------------------------------------------------------------------------------------- peeking


def test_peeking_shows_the_rows_that_were_counted(db: Asker) -> None:
    orphans = db.peek("orphans", "agreement", "vendor_id", referent="vendor", referent_schema="ops")
    assert orphans.columns == ("id", "vendor_id", "nickname", "parent", "part", "doubled")
    assert {row[:2] for row in orphans.rows} == {("2", "77"), ("4", "78")}
    assert not orphans.more
    duplicates = db.peek("duplicates", "vendor", "code")
    assert duplicates.columns[:2] == ("id", "code")
    assert {row[:2] for row in duplicates.rows} == {("2", "B"), ("3", "B"), ("4", "B")}
    nulls = db.peek("nulls", "vendor", "name")
    assert [row[:2] for row in nulls.rows] == [("4", None), ("5", None), ("6", None)]
    unfit = db.peek("unfit", "vendor", "rating", value="smallint")
    assert {row[0] for row in unfit.rows} == {"3", "5", "6"}
    used = db.peek("enum_used", "state", value="closed")
    assert used.columns == ("table", "column", "row")
    assert set(used.rows) == {
        ("ops.vendor", "state", "3"),
        ("ops.vendor", "states", "2"),
        ("ops.vendor", "also", "1"),
    }


def test_peeking_is_bounded_and_printable(db: Asker) -> None:
    some = db.peek("nulls", "large", "twice", limit=5)
    assert len(some.rows) == 5
    assert some.more
    assert some.columns[0] == "ctid"
    assert some.rows[0][0].startswith("(0,")  # type: ignore[union-attr]
    used = db.peek("enum_used", "state", value="open", limit=2)
    assert (len(used.rows), used.more) == (2, True)
    texts = {row[0]: row[1] for row in db.peek("values", "agreement", "nickname").rows}
    assert texts["4"] == "new·line·[31m"
    assert texts["5"] is not None
    assert len(texts["5"]) == 80
    assert texts["5"].endswith("…")


def test_peeking_that_fails_says_why(db: Asker) -> None:
    assert db.peek("rows", "nowhere").problem == "it is not in this database"
    assert db.peek("rows", "secret").problem == "permission denied for table secret"
    assert db.peek("dependents", "agreement").problem == "there are no rows behind this"
    assert db.peek("values", "writing", "a").problem == (
        "cannot execute INSERT in a read-only transaction"
    )


def test_no_value_reaches_a_log_of_the_project(url: str, tmp_path: Path) -> None:
    """Not even where env.py has SQLAlchemy write down each row."""
    log = tmp_path / "all.log"
    top = f"import logging\nlogging.basicConfig(filename={str(log)!r}, level=logging.DEBUG)\n"
    asker = Asker(tmp_path / "project", url, ", echo='debug'", top)
    try:
        assert asker.peek("values", "vendor", "name").rows[0][1] == "Alpha"
        assert asker.ask("rows", "vendor").number == 6
    finally:
        asker.stop()
    said = log.read_text()
    assert "pg_catalog.version()" in said  # it does write
    assert "Alpha" not in said + asker.told.text()
    assert '"vendor"' not in said + asker.told.text()

"""Small tables counted: questions asked of a real PostgreSQL through a real worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.worker.protocol import LiveObject
from tests.worker.live.asker import DATABASE, Asker

WEIRD: dict[str, Any] = {"schema": 'We"ird %s'}
TABLE, COLUMN, KIND = "Sel%%ect:x", 'A b:c"d%%', "Kind's %%"


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

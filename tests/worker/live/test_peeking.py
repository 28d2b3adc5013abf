"""The rows that were counted, shown."""

from __future__ import annotations

from pathlib import Path

from tests.worker.live.asker import Asker


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

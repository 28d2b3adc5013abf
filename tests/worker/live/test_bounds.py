"""Questions about live data are bounded: in time, in what they may do, in what they spoil."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.worker.protocol import Probe
from tests.worker.live.asker import DATABASE, Asker, locked


def test_a_check_that_writes_is_not_run(db: Asker, postgres: embedded.Server) -> None:
    answer = db.ask("misfits", "priced", "low", value="called")
    assert "read-only" in answer.problem
    assert db.ask("misfits", "priced", "low", value="none").absent
    with postgres.connect(DATABASE) as connection:
        assert connection.execute(b"SELECT count(*) FROM ops.written").fetchone() == (0,)


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

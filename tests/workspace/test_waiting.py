"""A wait for a lock in words."""

from dataclasses import replace

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.worker.protocol import (
    Holder,
    Progress,
    SqlEnd,
    SqlStart,
    StepStart,
    WaitEnd,
    Waiting,
)
from opsmig_tui.workspace.running import reported
from opsmig_tui.workspace.waiting import age_text, mode, progress_text, wait_lines, what, who
from tests.workspace.conftest import Open

IDLE = Holder(
    4711,
    "psql",
    "ops",
    "shop",
    "10.0.0.3",
    "client backend",
    "idle in transaction",
    200_000.0,
    183_000.0,
    "SELECT *\n  FROM vendor",
    ("AccessShareLock",),
)
WAITING = Waiting("relation", "AccessExclusiveLock", "ops.vendor", 250.0, (IDLE,), 2)


def test_the_whole_of_it() -> None:
    assert wait_lines(WAITING) == [
        "waiting for ACCESS EXCLUSIVE on ops.vendor",
        "held by pid 4711 (psql, user ops, from 10.0.0.3): idle in transaction for 3 min 03 s; "
        "it keeps its locks",
        "its last query: SELECT * FROM vendor",
        "2 sessions queue behind this migration",
        "! in the UI, or SELECT pg_terminate_backend(4711), ends that session",
        "ctrl+c cancels the migration",
    ]


@pytest.mark.parametrize(
    ("holder", "text"),
    [
        (
            replace(IDLE, state="idle in transaction (aborted)", state_ms=900.0),
            "idle in transaction for 900 ms, after an error; it keeps",
        ),
        (replace(IDLE, state="active", state_ms=190_000.0), "running a statement for 3 min 10 s"),
        (
            replace(IDLE, state="active", state_ms=2_000.0),
            "running a statement for 2.0 s, its transaction for 3 min 20 s",
        ),
        (replace(IDLE, state="", query=""), "what it does is hidden from this role (membership"),
        (replace(IDLE, kind="autovacuum worker"), "it gives way by itself"),
        (replace(IDLE, modes=(), waits_for=(7, 8)), "behind, in the queue, pid 4711 (psql, user"),
        (replace(IDLE, waits_for=(7, 8)), "it waits itself, for pid 7, 8"),
        (
            Holder(0, user="ops", gid="it's", transaction_ms=60_000.0),
            """held by the prepared transaction "it's" of ops: prepared for 1 min 00 s""",
        ),
        (Holder(0, user="ops", gid="it's"), "ROLLBACK PREPARED 'it''s' lets go of it"),
        (replace(IDLE, query="x" * 900), "its last query: " + "x" * 299 + "…"),
    ],
)
def test_who_stands_in_the_way(holder: Holder, text: str) -> None:
    lines = wait_lines(replace(WAITING, holders=(holder,), queue=0))
    assert any(text in line for line in lines), lines


def test_who_only_waits_ahead_is_not_the_one_to_end() -> None:
    ahead = replace(IDLE, pid=9, waits_for=(4711,))
    assert wait_lines(replace(WAITING, holders=(ahead, IDLE)))[-2].endswith(
        "backend(4711), ends that session"
    )
    lines = wait_lines(replace(WAITING, holders=(ahead,), queue=1))
    assert lines[-2:] == [
        "1 session queues behind this migration",
        "ctrl+c cancels the migration",
    ]


@pytest.mark.parametrize(
    ("waiting", "text"),
    [
        (
            Waiting("transactionid", "ShareLock", "", 1.0),
            "a row that another transaction has chang",
        ),
        (Waiting("transactionid", "ShareLock", "a.b", 1.0), "transaction has changed in a.b"),
        (Waiting("virtualxid", "ShareLock", "", 1.0), "older transactions to end, as CONCURRENTLY"),
        (Waiting("relation", "ShareLock", "", 1.0), "SHARE on a relation of another database"),
        (Waiting("speculative token", "ShareLock", "", 1.0), "a lock (speculative token)"),
    ],
)
def test_what_is_waited_for(waiting: Waiting, text: str) -> None:
    assert text in what(waiting)


def test_locks_have_the_names_of_the_documentation() -> None:
    assert mode("AccessShareLock") == "ACCESS SHARE"
    assert mode("ShareUpdateExclusiveLock") == "SHARE UPDATE EXCLUSIVE"
    assert mode("RowExclusiveLock") == "ROW EXCLUSIVE"


def test_a_background_process_is_named_by_its_kind() -> None:
    worker = Holder(8, kind="autovacuum worker")
    assert who(worker) == "pid 8 (autovacuum worker)"
    assert who(Holder(9)) == "pid 9"


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, "a while"),
        (-5.0, "0 ms"),
        (999.0, "999 ms"),
        (59_900.0, "59.9 s"),
        (60_000.0, "1 min 00 s"),
        (7_500_000.0, "2 h 05 min"),
    ],
)
def test_ages(milliseconds: float | None, text: str) -> None:
    assert age_text(milliseconds) == text


async def test_a_wait_is_told_once_and_again_where_something_changed(
    open_workspace: Open, sample: SampleProject
) -> None:
    ws = open_workspace(sample.backend, trusted=False)
    async with reported(ws, "upgrade", "alembic upgrade head") as reporter:
        for elapsed in (250.0, 500.0, 750.0):
            reporter(replace(WAITING, elapsed_ms=elapsed))
        assert ws.state.run is not None
        assert ws.state.run.waiting == replace(WAITING, elapsed_ms=750.0)
        reporter(replace(WAITING, queue=3))  # as good as 2
        reporter(replace(WAITING, queue=4))
        reporter(WaitEnd(3_200.0))
        assert ws.state.run.waiting is None
        reporter.succeed("done")
    told = [line.text for line in ws.output.lines if line.kind == "warning"]
    assert told == ["waiting for ACCESS EXCLUSIVE on ops.vendor"] * 2
    texts = [line.text for line in ws.output.lines]
    assert "4 sessions queue behind this migration" in texts
    assert texts[-2:] == ["the wait is over after 3.2 s", "done"]


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(1.0), ""),
        (Progress(1.0, queue=1), "1 session waits for its locks"),
        (Progress(1.0, "COPY", "42 rows", done=5), "42 rows"),
        (
            Progress(1.0, "CREATE INDEX", "building index: scan", "a.b", 45, 100, "blocks", 2),
            "building index: scan, 45 %; 2 sessions wait for its locks",
        ),
    ],
)
def test_how_far(progress: Progress, text: str) -> None:
    assert progress_text(progress, "ALTER TABLE a ADD UNIQUE (b)" * bool(progress.phase)) == text


def test_that_the_server_does_not_tell() -> None:
    validate = "ALTER TABLE a VALIDATE CONSTRAINT b"
    untold = "PostgreSQL does not tell how far {} is"
    assert progress_text(Progress(1.0), validate) == untold.format("VALIDATE CONSTRAINT")
    assert progress_text(Progress(1.0), "alter table a ALTER b SET NOT NULL") == untold.format(
        "an ALTER TABLE"
    )
    assert progress_text(Progress(1.0), "SELECT 1") == ""


async def test_how_far_stands_at_the_running_statement(
    open_workspace: Open, sample: SampleProject
) -> None:
    ws = open_workspace(sample.backend, trusted=False)
    async with reported(ws, "upgrade", "alembic upgrade head") as reporter:
        reporter(Progress(1.0, phase="of nothing"))
        reporter(StepStart(1, 1, "b", ("a",), "upgrade", "x"))
        reporter(Progress(1.0, phase="COPY by the driver"))
        step = ws.output.lines[-1]
        reporter(SqlStart(1, "CREATE INDEX"))
        reporter(Progress(1.0, phase="building", done=1, total=2))
        assert step.note == "COPY by the driver"
        assert (ws.output.lines[-2].note, ws.output.lines[-1].note) == ("", "building, 50 %")
        reporter(SqlEnd(1, 2_000.0))
        assert ws.output.lines[-1].note == ""
        reporter.succeed("done")

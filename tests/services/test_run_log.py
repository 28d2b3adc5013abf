"""Logs of runs: what is kept and what is not, and that writing them harms nothing."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services import run_log
from opsmig_tui.services.run_history import applied_texts, run_lines, runs, step_times
from opsmig_tui.services.run_log import RunLog, failure_for_log
from opsmig_tui.worker import protocol

ABOUT: dict[str, Any] = {
    "project": "/srv/shop",
    "title": "upgrade",
    "command": "alembic upgrade head",
    "databases": ["ops@socket/shop"],
}


def nothing_wrong(problem: str) -> None:
    raise AssertionError(problem)


def logged(folder: Path, *events: Any, end: bool = True, **about: Any) -> None:
    log = RunLog(nothing_wrong, folder)
    log.begin(**{**ABOUT, **about})
    for event in events:
        log.told(event)
    if end:
        log.end(phase="done", message="it stands at b2")
    else:
        log._flush()


def step(revision: str, elapsed: float, direction: str = "upgrade") -> tuple[Any, Any]:
    start = protocol.StepStart(1, 1, revision, (), direction, "")
    return start, protocol.StepEnd(1, 1, revision, elapsed)


def test_a_run_is_written_and_read(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "runs"
    logged(folder, protocol.SqlStart(1, "SELECT 'ü\x1b'"), protocol.Commit(("b2",)))
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    one, lines = run_lines(1, folder)
    assert (one.number, one.phase, one.message) == (1, "done", "it stands at b2")
    assert (one.project, one.databases) == ("/srv/shop", ("ops@socket/shop",))
    assert [line["event"] for line in lines] == ["begin", "sql_start", "commit", "end"]
    assert lines[1]["sql"] == "SELECT 'ü\x1b'"
    assert lines == [json.loads(line) for line in path.read_text().splitlines()]


def test_newest_first_and_of_one_project(tmp_path: Path) -> None:
    assert runs(None, tmp_path / "none") == []
    for project in ("/a", "/b", "/a"):
        logged(tmp_path, project=project)
    (tmp_path / "000009.jsonl").write_text("no log\n")
    (tmp_path / "other.jsonl").write_text("{}\n")
    assert [one.number for one in runs(None, tmp_path)] == [3, 2, 1]
    assert [one.number for one in runs(Path("/a"), tmp_path)] == [3, 1]
    for number in (4, 9):
        with pytest.raises(OpsmigError, match=f"no log of a run {number}"):
            run_lines(number, tmp_path)


def test_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "MOST_RUNS", 3)
    for _ in range(5):
        logged(tmp_path)
    assert [one.number for one in runs(None, tmp_path)] == [5, 4, 3]


def test_two_runs_at_a_time_have_a_log_each(tmp_path: Path) -> None:
    first, second = RunLog(nothing_wrong, tmp_path), RunLog(nothing_wrong, tmp_path)
    for log in (first, second):
        log.begin(**ABOUT)
    assert [one.phase for one in runs(None, tmp_path)] == ["running", "running"]
    for log in (first, second):
        log.end(phase="done")
    assert [one.number for one in runs(None, tmp_path)] == [2, 1]


KILLED = """
import os, signal, sys
from pathlib import Path
from opsmig_tui.services.run_log import RunLog
log = RunLog(print, Path(sys.argv[1]))
log.begin(project="/a", title="upgrade", command="x", databases=[])
log.line("commit", flush=True, revisions=["b2"])
os.write(log._file, b'{"event": "sql_st')
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_log_of_a_tool_that_was_killed_can_be_read(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    one, lines = run_lines(1, tmp_path)
    assert one.phase == "broken off"
    assert [line["event"] for line in lines] == ["begin", "commit"]


FULL = """
import resource, sys
from pathlib import Path
from opsmig_tui.services.run_log import RunLog
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
log = RunLog(print, Path(sys.argv[1]))
log.begin(project="/a", title="upgrade", command="x", databases=[])
for number in range(100):
    log.line("commit", flush=True, revisions=["b" * 40])
log.end(phase="done")
"""


def test_a_full_disk_is_said_once_and_raises_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (
        done.stdout == "the log of this run cannot be written (File too large); the run goes on\n"
    )
    assert done.stderr == ""
    assert runs(None, tmp_path)[0].phase == "broken off"


def test_a_folder_that_cannot_be_made_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    said: list[str] = []
    log = RunLog(said.append, tmp_path / "runs")
    for _ in range(2):
        log.begin(**ABOUT)
        log.told(protocol.Commit())
    log.end(phase="done")
    assert len(said) == 1
    assert "cannot be written" in said[0]


def test_how_long_revisions_took(tmp_path: Path) -> None:
    logged(tmp_path, *step("b2", 10.0), *step("c3", 20.0), *step("c3", 7.0, "downgrade"))
    logged(tmp_path, *step("b2", 30.0))
    logged(tmp_path, *step("b2", 99.0), project="/other")
    assert step_times(Path("/srv/shop"), "upgrade", tmp_path) == {"b2": 30.0, "c3": 20.0}
    assert step_times(Path("/srv/shop"), "downgrade", tmp_path) == {"c3": 7.0}


def test_passwords_are_masked(tmp_path: Path) -> None:
    sql = protocol.SqlStart(1, "CREATE ROLE x PASSWORD 's3cr3t'")
    logged(tmp_path, sql, databases=["postgresql://ops:s3cr3t@db/shop"])
    assert "s3cr3t" not in (tmp_path / "000001.jsonl").read_text()


def test_a_failure_keeps_no_values() -> None:
    failed = protocol.Failed(
        "database",
        'invalid input syntax for type integer: "Mrs Smith"',
        detail="Key (name)=(Mrs Smith) already exists.",
        sqlstate="22P02",
        statement="ALTER TABLE …",
        traceback="name = 'Mrs Smith'",
        current=("b2",),
    )
    told = failure_for_log(failed)
    assert "Smith" not in json.dumps(told)
    assert told["message"] == "invalid input syntax for type integer"
    assert told["current"] == ("b2",)
    missing = protocol.Failed("database", 'relation "x: y" does not exist', sqlstate="42P01")
    assert failure_for_log(missing)["message"] == 'relation "x: y" does not exist'


def test_a_process_of_somebody_else_is_there(tmp_path: Path) -> None:
    logged(tmp_path, end=False)
    path = tmp_path / "000001.jsonl"
    path.write_text(path.read_text().replace(f'"pid": {os.getpid()}', '"pid": 1'))
    assert runs(None, tmp_path)[0].phase == "running"


def ran(folder: Path, direction: str, phase: str, *, committed: tuple[str, ...] = ()) -> None:
    log = RunLog(nothing_wrong, folder)
    log.begin(**ABOUT)
    log.line("plan", direction=direction, steps=("a1", "b2"), digests=("text-a", "text-b"))
    for event in (*step("a1", 1.0, direction), *step("b2", 1.0, direction)):
        log.told(event)
    if committed:
        log.told(protocol.Commit(committed))
    log.end(phase=phase, message="")


def test_which_texts_were_applied(tmp_path: Path) -> None:
    def known(*databases: str) -> dict[str, tuple[str, int]]:
        found = applied_texts(Path("/srv/shop"), databases or ("ops@socket/shop",), tmp_path)
        return {name: (one.digest, one.run) for name, one in found.items()}

    ran(tmp_path, "upgrade", "failed", committed=("a1",))
    assert known() == {"a1": ("text-a", 1)}
    assert known("ops@socket/other") == {}
    ran(tmp_path, "upgrade", "done")
    assert known() == {"a1": ("text-a", 2), "b2": ("text-b", 2)}
    ran(tmp_path, "downgrade", "failed", committed=("b2",))
    assert known() == {"a1": ("text-a", 2)}
    ran(tmp_path, "downgrade", "done")
    assert known() == {}

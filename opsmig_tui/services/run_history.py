"""The logs of earlier runs, read: which there were, what happened in one, how long steps took."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.run_log import log_files, runs_folder

# The last line of a log is the only one that is read to list it.
_TAIL = 65_536
RECENT = 20
"""How many runs of a project are looked at for how long a revision takes."""


@dataclass(frozen=True)
class LoggedRun:
    """One run. `phase` is "done", "failed", "cancelled", "running", or "broken off": the log has
    no end and the process is gone. `at` is ISO 8601 in UTC; `project` the config's folder."""

    number: int
    path: Path
    at: str
    project: str
    title: str
    command: str
    databases: tuple[str, ...]
    phase: str
    message: str
    elapsed_ms: float


def runs(project: Path | None = None, folder: Path | None = None) -> list[LoggedRun]:
    """Newest first; those of one project, or all. A file that is no log is passed over."""
    found = []
    for number, path in sorted(log_files(folder or runs_folder()), reverse=True):
        one = _summary(number, path)
        if one is not None and (project is None or one.project == str(project)):
            found.append(one)
    return found


def run_lines(number: int, folder: Path | None = None) -> tuple[LoggedRun, list[dict[str, Any]]]:
    """One run with all its lines. Raises OpsmigError for a number that there is not."""
    path = dict(log_files(folder or runs_folder())).get(number)
    found = _summary(number, path) if path is not None else None
    if path is None or found is None:
        raise OpsmigError(f"There is no log of a run {number}.", hint="`opsmig runs` lists them.")
    return found, list(_lines(path))


def step_times(project: Path, direction: str, folder: Path | None = None) -> dict[str, float]:
    """Revision → milliseconds it took in `direction`, the latest time of the last runs."""
    times: dict[str, float] = {}
    for one in runs(project, folder)[:RECENT]:
        directions: dict[str, str] = {}
        of_run: dict[str, float] = {}
        for line in _lines(one.path, b'{"event": "step_'):
            revision = str(line.get("revision"))
            if line.get("event") == "step_start":
                directions[revision] = str(line.get("direction"))
            elif line.get("event") == "step_end" and directions.get(revision) == direction:
                of_run[revision] = float(line.get("elapsed_ms", 0.0))
        times = {**of_run, **times}
    return times


@dataclass(frozen=True)
class AppliedText:
    """What a run upgraded a database with: the SHA-256 of the revision's file, the run's number
    and when it began, ISO 8601 in UTC."""

    digest: str
    run: int
    at: str


def applied_texts(
    project: Path, databases: Sequence[str], folder: Path | None = None
) -> dict[str, AppliedText]:
    """Revision → the text that was last applied to these databases, as far as the logs tell.

    What a later run took back is not in it. A run that did not end well counts for what it
    committed.
    """
    found: dict[str, AppliedText] = {}
    for one in reversed(runs(project, folder)):
        if one.databases != tuple(databases):
            continue
        direction, digests, done = _outcome(one)
        for revision in done:
            found.pop(revision, None)
            if direction == "upgrade" and digests.get(revision):
                found[revision] = AppliedText(digests[revision], one.number, one.at)
    return found


# How the lines begin that tell of it: of a log with thousands of statements few need be parsed.
_TOLD = tuple(b'{"event": "%s"' % name for name in (b"plan", b"step_end", b"commit"))
# The log of a run that has ended never changes: (file, its length in bytes) → what it came to.
_outcomes: dict[tuple[Path, int], tuple[str, dict[str, str], tuple[str, ...]]] = {}


def _outcome(one: LoggedRun) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """Direction, digests by revision, and the revisions whose step stands for good."""
    try:
        key = (one.path, one.path.stat().st_size)
    except OSError:
        return "", {}, ()
    known = _outcomes.get(key)
    if known is None:
        direction, digests = "", {}
        ended: list[str] = []
        committed: list[str] = []
        for line in _lines(one.path, _TOLD):
            match line.get("event"):
                case "plan":
                    direction = str(line.get("direction"))
                    steps, texts = line.get("steps") or (), line.get("digests") or ()
                    digests = dict(zip(map(str, steps), map(str, texts), strict=False))
                case "step_end":
                    ended.append(str(line.get("revision")))
                case "commit":
                    committed += map(str, line.get("revisions") or ())
        known = (direction, digests, tuple(ended if one.phase == "done" else committed))
        if one.phase != "running":
            _outcomes[key] = known
    return known


def _summary(number: int, path: Path) -> LoggedRun | None:
    try:
        with path.open("rb") as file:
            first = _parsed(file.readline())
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            rest = file.read().rstrip(b"\n")
    except OSError:
        return None
    if first is None or first.get("event") != "begin":
        return None
    last = _parsed(rest.rpartition(b"\n")[2]) or {}
    ended = last.get("event") == "end"
    phase = last.get("phase", "") if ended else _without_end(first.get("pid"))
    return LoggedRun(
        number=number,
        path=path,
        at=str(first.get("at", "")),
        project=str(first.get("project", "")),
        title=str(first.get("title", "")),
        command=str(first.get("command", "")),
        databases=tuple(map(str, first.get("databases", ()))),
        phase=str(phase),
        message=str(last.get("message", "")) if ended else "",
        elapsed_ms=float(last.get("ms", 0.0)),
    )


def _without_end(pid: object) -> str:
    try:
        os.kill(int(str(pid)), 0)
    except (ValueError, ProcessLookupError):
        return "broken off"
    except OSError:
        pass  # somebody else's process: it is there
    return "running"


def _lines(path: Path, beginning: bytes | tuple[bytes, ...] = b"") -> Iterator[dict[str, Any]]:
    """What can be read, of lines that begin so; the tool may have been killed within a line."""
    try:
        with path.open("rb") as file:
            for text in file:
                line = _parsed(text) if text.startswith(beginning) else None
                if line is not None:
                    yield line
    except OSError:
        return


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None

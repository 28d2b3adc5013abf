"""The log of a run: JSON lines in the person's state folder, written while it goes on.

A log must not harm what it tells of: what cannot be written is said once, and the run goes on.
Passwords are masked. What the database holds stays out: no values, no prints, no server's notices,
no details of an error, no query of another session.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opsmig_tui.project.state_file import state_folder
from opsmig_tui.worker.protocol import mask

SCHEMA_VERSION = 1
MOST_RUNS = 200
"""Logs that are kept; the oldest go."""
FLUSH_SECONDS = 0.5
SUFFIX = ".jsonl"


def runs_folder() -> Path:
    return state_folder() / "runs"


class RunLog:
    """One file, made with the first line. `on_problem` is told, once, why there is no more."""

    def __init__(self, on_problem: Callable[[str], None], folder: Path | None = None) -> None:
        self._on_problem = on_problem
        self._folder = folder
        self._file: int | None = None
        self._held: list[bytes] = []
        self._began = self._flushed = time.monotonic()
        self._broken = False

    def begin(self, **about: Any) -> None:
        """The first line: what is run, where and by which process. Later calls change nothing."""
        if self._file is not None or self._broken:
            return
        self._began = time.monotonic()
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        head = {"schema_version": SCHEMA_VERSION, "at": at, "pid": os.getpid(), **about}
        self._guarded(self._create)
        self.line("begin", flush=True, **head)

    def line(self, event: str, *, flush: bool = False, **fields: Any) -> None:
        """One line more, on the disk within half a second, or at once."""
        if self._file is None:
            return
        ms = round((time.monotonic() - self._began) * 1000, 1)
        text = json.dumps({"event": event, "ms": ms, **_clean(fields)}, ensure_ascii=False)
        self._held.append(text.encode("utf-8", "backslashreplace") + b"\n")
        if flush or time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self._guarded(self._flush)

    def told(self, event: Any, *, flush: bool = False) -> None:
        """A worker's event as a line."""
        self.line(event.event, flush=flush, **asdict(event))

    def end(self, **fields: Any) -> None:
        """The last line."""
        self.line("end", flush=True, **fields)
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = None

    def _create(self) -> None:
        folder = self._folder or runs_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        there = sorted(log_files(folder))
        number = there[-1][0] + 1 if there else 1
        for _, path in there[: len(there) + 1 - MOST_RUNS]:
            path.unlink(missing_ok=True)
        while self._file is None:
            path = folder / f"{number:06}{SUFFIX}"
            try:
                self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:  # another run has just begun
                number += 1

    def _flush(self) -> None:
        data, self._held = b"".join(self._held), []
        self._flushed = time.monotonic()
        while data and self._file is not None:
            data = data[os.write(self._file, data) :]

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            self._broken = True
            file, self._file = self._file, None
            if file is not None:
                with contextlib.suppress(OSError):
                    os.close(file)
            why = error.strerror or str(error)
            self._on_problem(f"the log of this run cannot be written ({why}); the run goes on")


def log_files(folder: Path) -> list[tuple[int, Path]]:
    """(number, file) of every log, in no order."""
    return [(int(path.stem), path) for path in folder.glob(f"*{SUFFIX}") if path.stem.isdecimal()]


def failure_for_log(failed: Any) -> dict[str, Any]:
    """What a log may keep of a Failed: no traceback, no detail, no value that did not fit.

    PostgreSQL's class 22 (data exception) quotes the value after the first colon.
    """
    message = failed.message
    if failed.sqlstate.startswith("22"):
        message = message.partition(": ")[0]
    kept = asdict(replace(failed, message=message, detail="", traceback=""))
    return {name: value for name, value in kept.items() if value not in ("", (), [], None)}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    return value

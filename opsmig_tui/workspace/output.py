"""The output pane's lines: bounded, appended by runs, read by the pane in batches."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

LineKind = Literal[
    "command", "step", "sql", "print", "log", "notice", "info", "success", "error", "warning"
]

MOST_LINES = 20_000


@dataclass(frozen=True)
class OutputLine:
    """One logical line (its text may wrap, but holds no newline).

    `number` counts from 0 over the whole session and never repeats. A "sql" or "step" line is
    appended when it starts and replaced, under the same number, when it ends: then `elapsed_ms` is
    known and `state` is "done", "failed", or what a rehearsal makes of it. `file`, `line` point
    into a migration. `note` tells how far a running line has come.
    """

    number: int
    kind: LineKind
    text: str
    state: Literal["", "running", "done", "failed", "refused", "stopped"] = ""
    elapsed_ms: float | None = None
    rows: int | None = None
    file: str | None = None
    line: int | None = None
    note: str = ""


class OutputBuffer:
    """The last `MOST_LINES` lines. `version` moves with every change, so a reader knows to look."""

    def __init__(self, most: int = MOST_LINES) -> None:
        self.lines: deque[OutputLine] = deque(maxlen=most)
        self.version = 0
        self._next = 0

    def append(self, kind: LineKind, text: str, **more: object) -> OutputLine:
        """Adds one line for each line of `text`; returns the first."""
        parts = text.splitlines() or [""]
        first = self._one(kind, parts[0], more)
        for part in parts[1:]:
            self._one(kind, part, {})
        return first

    def _one(self, kind: LineKind, text: str, more: dict[str, object]) -> OutputLine:
        line = OutputLine(self._next, kind, text, **more)  # type: ignore[arg-type]
        self._next += 1
        self.version += 1
        self.lines.append(line)
        return line

    def replace(self, number: int, **changes: object) -> None:
        """Changes a line in place; a line already pushed out of the buffer is left alone."""
        if not self.lines or number < self.lines[0].number:
            return
        index = number - self.lines[0].number
        self.lines[index] = replace(self.lines[index], **changes)  # type: ignore[arg-type]
        self.version += 1

    def clear(self) -> None:
        self.lines.clear()
        self.version += 1

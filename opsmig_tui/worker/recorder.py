"""What one direction of a migration emits, and why it stopped."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Optional

from .protocol import RenderedDirection, RenderedStatement

MOST_STATEMENTS = 10_000
MOST_CHARACTERS = 8_000_000
"""Of one direction. bulk_insert() offline is a statement a row; what is longer is no migration
that a person reviews, or it never ends."""
LONGEST_PROBLEM = 200
_ADDRESS = re.compile(r"<[^<>]* object at 0x[0-9a-f]+>")


class Stopped(BaseException):
    """Raised into a migration that cannot be rendered further. No ``except Exception`` takes it,
    and what a bare ``except`` does after it is not recorded."""


class Recorder:
    """Statements of the file at `path` in order, until it ends or something stops it.

    `check` is called at each statement; it raises where the request was cancelled.
    """

    def __init__(self, path: str, check: Callable[[], None]) -> None:
        self._path = path
        self._check = check
        self._statements: list[RenderedStatement] = []
        self._characters = 0
        self._problem = ""
        self._line = 0
        self.autocommit = False
        """Whether the migration is inside an autocommit_block."""

    def emit(self, sql: str, autocommit: bool = False) -> None:
        """Record a statement. Raises Stopped when there are too many."""
        self._check()
        if self._problem:
            raise Stopped(self._problem)
        sql = sql.strip().rstrip(";").rstrip()
        if not sql:
            return
        self._characters += len(sql)
        if len(self._statements) >= MOST_STATEMENTS or self._characters > MOST_CHARACTERS:
            raise self.stop(f"goes on after {len(self._statements):,} statements")
        lines = tuple(frame.f_lineno for frame in self._frames())
        self._statements.append(RenderedStatement(sql, lines, autocommit or self.autocommit))

    def stop(self, why: str) -> Stopped:
        """The exception to raise: `why` counts from here on, whatever the migration makes of it."""
        if not self._problem:
            self._problem = why
            self._line = next((frame.f_lineno for frame in self._frames()), 0)
        return Stopped(self._problem)

    def fail(self, error: BaseException) -> None:
        """The migration ended by an exception of its own."""
        if self._problem:
            return
        text = _ADDRESS.sub("…", " ".join(str(error).split()))
        if isinstance(error, SystemExit):
            text = f"calls sys.exit({error.code!r})"
        elif type(error).__module__.partition(".")[0] not in ("alembic", "sqlalchemy") or not text:
            text = f"{type(error).__name__}: {text}" if text else type(error).__name__
        short = text if len(text) <= LONGEST_PROBLEM else text[: LONGEST_PROBLEM - 1] + "…"
        self._problem = short
        self._line = self._line_in(error.__traceback__)
        if isinstance(error, SyntaxError) and error.filename == self._path:
            self._line = error.lineno or 0

    def importing(self) -> bool:
        """Whether the code that asks runs because a module is imported by the migration."""
        frame: Optional[FrameType] = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self._path:
            if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
                return True
            frame = frame.f_back
        return False

    def result(self) -> RenderedDirection:
        return RenderedDirection(tuple(self._statements), self._problem, self._line)

    def _frames(self) -> Iterator[FrameType]:
        """The file's own frames, innermost first."""
        frame: Optional[FrameType] = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self._path:
                yield frame
            frame = frame.f_back

    def _line_in(self, trace: Optional[TracebackType]) -> int:
        lines = [
            line
            for frame, line in traceback.walk_tb(trace)
            if frame.f_code.co_filename == self._path
        ]
        return lines[-1] if lines else 0

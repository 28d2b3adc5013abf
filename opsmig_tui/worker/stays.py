"""Which statements stay for good, whatever becomes of the revision that they belong to."""

from __future__ import annotations

import re

LONGEST = 200
"""Characters of a statement that are kept."""
MOST = 50
"""Statements that are kept; one that changes so much by itself is told by its first ones."""
_CHANGES_NOTHING = re.compile(
    r"(?is)\s*(--[^\n]*\n\s*)*(select|show|set|reset|explain|values|fetch|begin|commit|savepoint)\b"
)


class Stays:
    """Statements of a run, by revision: those of the open transaction, and those committed."""

    def __init__(self) -> None:
        self.step = ""
        """The revision at hand."""
        self._open: list[tuple[str, str]] = []
        self._committing: list[tuple[str, str]] = []
        self._kept: list[tuple[str, str]] = []

    def done(self, sql: str, at_once: bool) -> None:
        """A statement has come to its end; `at_once`: it needs no commit."""
        if not self.step or _CHANGES_NOTHING.match(sql) or len(self._open) >= MOST:
            return
        text = " ".join(sql.split())
        text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        (self._kept if at_once else self._open).append((self.step, text))

    def committing(self) -> None:
        """A commit is tried."""
        self._committing += self._open
        self._open = []

    def committed(self) -> None:
        """It has not failed."""
        self._kept += self._committing
        self._committing = []

    def rolled_back(self) -> None:
        """The open transaction is undone, or its commit has failed."""
        self._open, self._committing = [], []

    def beside(self, revisions: tuple[str, ...]) -> tuple[str, ...]:
        """What stays although its revision is none of those that stand."""
        found = [text for step, text in self._kept if step not in revisions]
        return tuple(found[:MOST])

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

_COMMITS = re.compile(
    r"(?is)\s*(--[^\n]*\n\s*)*(alter|rename|truncate|grant|revoke|(create|drop)(?!\s+temporary))\b"
)
COMMITTERS = ("mysql", "mariadb", "oracle")
"""Dialects whose server commits each schema change by itself."""


def commits_itself(dialect: str, sql: str) -> bool:
    """Whether the server commits before and after this statement, asked or not."""
    return dialect in COMMITTERS and _COMMITS.match(sql) is not None


class Stays:
    """Statements of a run, by revision: those of the open transaction, and those committed."""

    def __init__(self) -> None:
        self.step = ""
        """The revision at hand."""
        self._open: list[tuple[str, str]] = []
        self._committing: list[tuple[str, str]] = []
        self._kept: list[tuple[str, str]] = []
        self._undone: set[str] = set()
        self._unasked: set[str] = set()

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

    @property
    def is_open(self) -> bool:
        """Whether a rollback would undo anything."""
        return bool(self._open or self._committing)

    def rolled_back(self) -> None:
        """The open transaction is undone, or its commit has failed."""
        self._undone.update(step for step, _ in (*self._open, *self._committing))
        self._open, self._committing = [], []

    def beside(self, revisions: tuple[str, ...]) -> tuple[str, ...]:
        """What stays although its revision is none of those that stand."""
        found = [text for step, text in self._kept if step not in revisions]
        return tuple(found[:MOST])

    def commits_itself(self) -> None:
        """The server commits what is open, for a statement that is about to run."""
        self._unasked.add(self.step)
        self.committing()
        self.committed()

    def whole(self, revision: str) -> bool:
        """Whether the server has committed, unasked, all that the revision has done."""
        asked = revision not in self._unasked or revision in self._undone
        return not asked and any(step == revision for step, _ in self._kept)

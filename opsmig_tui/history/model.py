"""Revisions as their files' text tells them: never imported, never executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Revision:
    """One revision file.

    `computed` is True when the file works one of its identifiers out at run time, so that reading
    it cannot tell: the parts that could be read are filled in, the rest is left empty. An id that
    could not be read is "?" and the file's stem, so that it still is one row of its own.
    `answered`: computed, but alembic was asked since, and this is what it said.
    `date` is the docstring's "Create Date" as written (ISO-like text) or "".
    `branch_labels` are the file's own, not those inherited along the branch. `conflict` is the line
    at which a merge left conflict markers in the file, 0 without: then all this is HEAD's side.
    """

    revision: str
    down_revisions: tuple[str, ...]
    path: Path
    message: str = ""
    date: str = ""
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    docstring: str = ""
    computed: bool = False
    conflict: int = 0
    answered: bool = False

    @property
    def unknown(self) -> bool:
        """Whether an identifier is still missing."""
        return self.computed and not self.answered

    @property
    def is_merge(self) -> bool:
        return len(self.down_revisions) > 1

    @property
    def is_base(self) -> bool:
        return not self.down_revisions and not self.unknown


ProblemKind = Literal[
    "unreadable",
    "conflict",
    "duplicate-revision",
    "duplicate-label",
    "missing-parent",
    "cycle",
    "multiple-heads",
]


@dataclass(frozen=True)
class HistoryProblem:
    """Something that makes alembic refuse the whole history, or a file that could not be read."""

    kind: ProblemKind
    message: str
    path: Path | None = None
    revisions: tuple[str, ...] = ()


@dataclass(frozen=True)
class History:
    """Every revision, newest first: a child always stands before its parents.

    Siblings are ordered by date, then by id, so that the order is the same on each reading.
    """

    revisions: tuple[Revision, ...] = ()
    problems: tuple[HistoryProblem, ...] = ()

    def worse_than(self, before: History) -> tuple[HistoryProblem, ...]:
        """What is wrong now and was not before."""
        known = {problem.message for problem in before.problems}
        return tuple(problem for problem in self.problems if problem.message not in known)

    @cached_property
    def by_id(self) -> Mapping[str, Revision]:
        return {item.revision: item for item in self.revisions}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the revisions whose down_revision names the key."""
        found: dict[str, list[str]] = {}
        for item in self.revisions:
            for parent in item.down_revisions:
                found.setdefault(parent, []).append(item.revision)
        return {parent: tuple(ids) for parent, ids in found.items()}

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """As alembic's ScriptDirectory.get_heads(): no other revision names it as down_revision."""
        return tuple(r.revision for r in self.revisions if r.revision not in self.children)

    @cached_property
    def bases(self) -> tuple[str, ...]:
        return tuple(r.revision for r in self.revisions if r.is_base)

    def ancestors(self, of: tuple[str, ...]) -> frozenset[str]:
        """The given revisions and everything below them, along down_revision and depends_on."""
        seen: set[str] = set()
        todo = list(of)
        while todo:
            current = todo.pop()
            item = self.by_id.get(current)
            if item is None or current in seen:
                continue
            seen.add(current)
            todo += [*item.down_revisions, *self._depended(item)]
        return frozenset(seen)

    def _depended(self, item: Revision) -> tuple[str, ...]:
        labels = self._by_label
        return tuple(labels.get(name, name) for name in item.depends_on)

    @cached_property
    def _by_label(self) -> Mapping[str, str]:
        return {label: r.revision for r in reversed(self.revisions) for label in r.branch_labels}


@dataclass(frozen=True)
class GraphRow:
    """One revision as the history pane and `opsmig history` draw it.

    `lane` is the column of the revision's own node, counted from 0. `cells` is what stands before
    and after the node in lane columns, two characters a lane, with the node's own place holding
    `NODE` so that the painter may put ●, ○ or ◉ there. `links` are whole connector lines to be
    drawn under the node (forks and joins), usually none.
    """

    revision: str
    lane: int
    cells: str
    links: tuple[str, ...] = field(default=())


NODE = "\x00"

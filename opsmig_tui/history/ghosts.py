"""Ghosts: revisions that a database stands at, or stands on, and that no revision file here has."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from opsmig_tui.history.model import History, Revision
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.syntax_tree import syntax_tree

Where = Literal["branch", "stash", "worktree", "history", "reflog"]


@dataclass(frozen=True)
class GhostFile:
    """A revision file as git has it. `revision.path` is as seen from the top of the repository.

    `where` is "branch" when the tips of `branches` hold exactly this file, "stash", "worktree" (a
    file of another work tree, never committed; `place` names it), "history" when `branches` had it
    in an earlier commit, "reflog" when no branch leads to `commit` any more. `date` is ISO text.
    """

    revision: Revision
    data: bytes
    commit: str = ""
    author: str = ""
    date: str = ""
    where: Where = "reflog"
    branches: tuple[str, ...] = ()
    place: str = ""

    @property
    def held_by(self) -> str:
        """Where it is, in words: "branch feature/a and 2 more"."""
        more = len(self.branches) - 1
        named = self.branches[0] + (f" and {more} more" if more > 0 else "") if more >= 0 else ""
        match self.where:
            case "branch":
                return f"branch {named}"
            case "stash":
                return self.place or "a stash"
            case "worktree":
                return f"the work tree {self.place}, not committed"
            case "history":
                return f"an earlier commit {self.commit[:8]} of {named}"
            case _:
                return f"the reflog alone, commit {self.commit[:8]}"

    @property
    def holder(self) -> str:
        """What names it among other files of its id: a branch, a stash, a work tree, a commit."""
        return (*self.branches, self.place or self.commit[:12])[0]


@dataclass(frozen=True)
class Ghost:
    """`files` are its versions, the likeliest first; () when git has it nowhere. `current`: the
    database stands at it, else another ghost stands on it. `twin` is the revision here whose
    upgrade() and downgrade() are the same: a rebase gave it another id."""

    revision: str
    files: tuple[GhostFile, ...] = ()
    current: bool = True
    twin: str = ""

    @property
    def file(self) -> GhostFile | None:
        return self.files[0] if self.files else None

    @property
    def ambiguous(self) -> bool:
        """Whether it cannot be told which of several files the database was migrated with."""
        tips = sum(one.where == "branch" for one in self.files)
        return len(self.files) > 1 and tips != 1

    @property
    def message(self) -> str:
        return self.file.revision.message if self.file is not None else ""


def picked(ghosts: Iterable[Ghost], holder: str = "") -> tuple[Ghost, ...]:
    """The ghosts that have to be undone, newest first, each with one file: that of `holder` (a
    branch, a commit, a stash) where that has one.

    Raises OpsmigError where several differ and `holder` does not tell which.
    """
    by_id = {one.revision: one for one in ghosts}
    found: dict[str, Ghost] = {}
    known_holder = not holder
    todo = [one.revision for one in by_id.values() if one.current]
    while todo:
        ghost = by_id.get(todo.pop(0))
        if ghost is None or ghost.revision in found:
            continue
        held = [one for one in ghost.files if _is_held(one, holder)] if holder else []
        known_holder = known_holder or bool(held)
        if not held and ghost.ambiguous:
            places = "; ".join(f"{one.held_by} ({one.commit[:8]})" for one in ghost.files)
            raise OpsmigError(
                f"git has {len(ghost.files)} different files of {ghost.revision}: {places}.",
                hint="Say which one the database was migrated with: --from BRANCH or COMMIT, or "
                "enter on it in History.",
            )
        files = tuple(held or ghost.files)[:1]
        found[ghost.revision] = replace(ghost, files=files)
        for one in files:
            todo += parents_of(one.revision)
    if not known_holder:
        raise OpsmigError(f"{holder} holds none of {', '.join(found)}.")
    return tuple(found.values())


def _is_held(one: GhostFile, holder: str) -> bool:
    by_commit = len(holder) >= 4 and one.commit.startswith(holder)
    return holder in one.branches or holder == one.place or by_commit


def parents_of(revision: Revision) -> tuple[str, ...]:
    """Everything that has to be there for alembic to load it."""
    return tuple(dict.fromkeys((*revision.down_revisions, *revision.depends_on)))


def lands_on(history: History, ghosts: Sequence[Ghost]) -> tuple[str, ...]:
    """The revisions here that the ghosts' files stand on; "base" where one stands on nothing."""
    names = {one.revision for one in ghosts}
    found: dict[str, None] = {}
    for one in ghosts:
        if one.file is not None:
            below = one.file.revision.down_revisions or ("base",)
            found.update(dict.fromkeys(name for name in below if name not in names))
    return tuple(name for name in found if name == "base" or name in history.by_id)


def gaps(history: History, ghosts: Sequence[Ghost]) -> tuple[str, ...]:
    """Revisions that neither a file here nor git has, without which nothing can be run."""
    labels = {label for one in history.revisions for label in one.branch_labels}
    known = {*history.by_id, *labels, *(one.revision for one in ghosts if one.files)}
    wanted = [one.revision for one in ghosts]
    wanted += [name for one in ghosts if one.file for name in parents_of(one.file.revision)]
    return tuple(dict.fromkeys(name for name in wanted if name not in known))


def stands_on(history: History, ghosts: Sequence[Ghost]) -> tuple[str, ...] | None:
    """The revisions here that are applied below the ghosts, with all below them; None where a file
    is missing or it cannot be told which one ran."""
    if not ghosts or gaps(history, ghosts) or any(one.ambiguous for one in ghosts):
        return None
    needed = [name for one in ghosts if one.file for name in parents_of(one.file.revision)]
    return tuple(dict.fromkeys(name for name in needed if name in history.by_id))


def does_the_same(one: str, other: str) -> bool:
    """Whether two revision files have the same upgrade() and downgrade()."""
    mine = _functions(one)
    return mine is not None and mine == _functions(other)


def _functions(text: str) -> tuple[str, ...] | None:
    try:
        tree = syntax_tree(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = [
        ast.dump(node)
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    return tuple(found) or None

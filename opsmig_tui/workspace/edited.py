"""What was edited after it was applied, and how each revision stands, in words.

The log of a run keeps the SHA-256 of every file it applied: where the file is another one now, it
was edited since. Of what no log tells, only git can be asked: a file that git has in another text,
and that is applied, may have been edited since. What the answer is based on is part of it.
"""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.workspace.state import Edited, EditsFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opsmig_tui.history.model import Revision
    from opsmig_tui.services.git import Mark
    from opsmig_tui.services.run_history import AppliedText
    from opsmig_tui.workspace.state import WorkspaceState
    from opsmig_tui.workspace.workspace import Workspace

WORDS: Mapping[Mark, str] = {
    "base": "on the base branch",
    "branch": "new on this branch",
    "staged": "staged",
    "unstaged": "edited, not staged",
    "untracked": "untracked",
    "ignored": "ignored by git",
}


def standing(state: WorkspaceState, item: Revision) -> tuple[str, ...]:
    """How a revision stands, in words: "untracked", "edited after it was applied". () for one that
    is the base branch's, unchanged, or where git was not asked."""
    view = state.git.value
    mark = view.marks.get(item.path) if view is not None else None
    words = mark_words(mark, view is not None and item.path in view.changed)
    found = (words,) if words and mark != "base" else ()
    return (*found, "edited after it was applied") if item.revision in state.edited else found


def details(state: WorkspaceState, item: Revision) -> list[str]:
    """The same at length, also for what is the base branch's own: sentences without a point."""
    view = state.git.value
    mark = view.marks.get(item.path) if view is not None else None
    changed = view.changed.get(item.path) if view is not None else None
    found = []
    if view is not None:
        words = mark_words(mark, changed is not None)
        ref = f"; another text than in {changed}" if changed is not None else ""
        found = [words + ref if words else "not in git: " + (view.problem or _NOT_IN_GIT)]
    edited = state.edited.get(item.revision)
    return [*found, edited.text] if edited is not None else found


_NOT_IN_GIT = "in a submodule, or outside of the repository"


def mark_words(mark: Mark | None, changed: bool) -> str:
    """What git says of one file; "" where it says nothing."""
    if mark is None:
        return ""
    return "changed on this branch" if mark == "branch" and changed else WORDS[mark]


async def find_edits(workspace: Workspace) -> None:
    """Looks again at what was edited after it was applied; nothing where no database was asked."""
    state = workspace.state
    if state.applied is None or state.history.value is None or state.status.value is None:
        workspace.edits_seen = ()
        if state.edited:
            workspace.dispatch(EditsFound({}))
        return
    from opsmig_tui.workspace.apply import identity_text

    basis = _basis(state)
    if _same(basis, workspace.edits_seen):
        return  # the status is read every few seconds
    databases = [identity_text(one.identity) for one in state.status.value.databases]
    items = [one for one in state.history.value.history.revisions if one.revision in state.applied]
    changed = state.git.value.changed if state.git.value is not None else {}
    found = await asyncio.to_thread(_edits, state.project.root, databases, items, changed)
    if not _same(basis, _basis(workspace.state)):
        return  # whoever moved it looks again, and may have been faster
    workspace.edits_seen = basis
    if found != workspace.state.edited:
        workspace.dispatch(EditsFound(found))


def _basis(state: WorkspaceState) -> tuple[object, ...]:
    status = state.status.value
    databases = status.databases if status is not None else ()
    return (state.history.value, state.git.value, *databases)


def _same(now: tuple[object, ...], before: tuple[object, ...]) -> bool:
    """The two big ones by identity, the databases by what they say."""
    same = len(now) == len(before) and all(a is b for a, b in zip(now[:2], before[:2], strict=True))
    return same and now[2:] == before[2:]


def _edits(
    root: Path, databases: list[str], applied: Iterable[Revision], changed: Mapping[Path, str]
) -> dict[str, Edited]:
    from opsmig_tui.services.run_history import applied_texts

    known = applied_texts(root, databases)
    found = {}
    for item in applied:
        one = _edit(item.path, known.get(item.revision), changed.get(item.path))
        if one is not None:
            found[item.revision] = one
    return found


def _edit(path: Path, applied: AppliedText | None, ref: str | None) -> Edited | None:
    if applied is not None:
        try:
            now = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            return None  # it went away meanwhile: the next look tells
        if now == applied.digest:
            return None
        return Edited(
            "log",
            f"edited after run {applied.run} applied it on {applied.at[:10]}: the SHA-256 in that "
            "run's log is another",
        )
    if ref is None:
        return None
    return Edited(
        "git",
        f"perhaps edited after it was applied: it differs from {ref}, and no log of a run tells "
        "which text was applied",
    )

"""Two heads before they happen: what the base branch got since this branch left it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.model import History, Revision
from opsmig_tui.history.order import newest_first, parent_ids
from opsmig_tui.history.reader import read_revision

if TYPE_CHECKING:
    from opsmig_tui.workspace.state import WorkspaceState

MOST_NAMED = 3


def read_ahead(files: Mapping[str, bytes]) -> tuple[Revision, ...]:
    """The revisions of these files, newest first; what is none is left out."""
    read = [
        read_revision(Path(name), data.decode("utf-8", "replace")) for name, data in files.items()
    ]
    found = {one.revision: one for one in read if isinstance(one, Revision)}
    revisions = list(found.values())
    return newest_first(revisions, parent_ids(revisions))[0]


def ahead(state: WorkspaceState) -> tuple[Revision, ...]:
    """Revisions of the base branch that no file here has, newest first."""
    view, git = state.history.value, state.git.value
    if view is None or git is None:
        return ()
    return tuple(one for one in git.ahead if one.revision not in view.history.by_id)


def ahead_text(state: WorkspaceState) -> str:
    """ "main is 2 revisions ahead of your parent: a1 add x, b2 add y.", or ""."""
    found, git, view = ahead(state), state.git.value, state.history.value
    if not found or git is None or view is None:
        return ""
    count = "1 revision" if len(found) == 1 else f"{len(found)} revisions"
    named = ", ".join(f"{one.revision[:12]} {one.message}".strip() for one in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    if _has_own(state, view.history):
        return f"{git.ahead_of} is {count} ahead of your parent: {named}{more}."
    has = "is" if len(found) == 1 else "are"
    return f"{git.ahead_of} has {count} that {has} not here: {named}{more}."


def _has_own(state: WorkspaceState, history: History) -> bool:
    marks = state.git.value.marks if state.git.value is not None else {}
    return any(marks.get(one.path, "base") != "base" for one in history.revisions)

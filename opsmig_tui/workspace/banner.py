"""One sentence for the time that database and branch do not belong together."""

from __future__ import annotations

from opsmig_tui.history.ghosts import lands_on
from opsmig_tui.history.model import History
from opsmig_tui.workspace.ghosts import ghosts_of
from opsmig_tui.workspace.state import WorkspaceState

MOST_NAMED = 3


def banner(state: WorkspaceState) -> str:
    """What the database has that this branch has not, and the reverse; "" where they belong
    together. Revisions that only wait to be applied are news after a switch of branches alone."""
    status = state.status.value
    if status is None or state.status.phase == "failed":
        return ""
    branch = state.git.value.branch if state.git.value is not None else None
    here = branch.name if branch is not None and branch.name else "the work tree"
    if status.unknown:
        return _ghosts(state, here)
    if state.switched_from and status.pending:
        count = len(status.pending)
        return (
            f"Switched from {state.switched_from}: {here} has {_revisions(count)} that the "
            f"database lacks: {_listed(status.pending)}."
        )
    return ""


def _ghosts(state: WorkspaceState, here: str) -> str:
    ghosts = ghosts_of(state)
    holders = dict.fromkeys(
        one.file.branches[0] for one in ghosts if one.file is not None and one.file.branches
    )
    of = f" (of {', '.join(holders)})" if holders else ""
    names = _listed(tuple(one.revision for one in ghosts))
    text = f"The database has {_revisions(len(ghosts))} that {here} has not: {names}{of}"
    count = _lacking(state)
    return f"{text}; {here} has {count} that it lacks." if count else f"{text}."


def _lacking(state: WorkspaceState) -> int:
    """How many revisions here are not below what the database stands on; 0 where not known."""
    history = state.history.value.history if state.history.value is not None else History()
    ghosts = ghosts_of(state)
    if any(one.file is None for one in ghosts):
        return 0
    applied = history.ancestors((*lands_on(history, ghosts), *(state.current or ())))
    return len(history.revisions) - len(applied)


def _revisions(count: int) -> str:
    return f"{count} revision{'' if count == 1 else 's'}"


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")

"""Revisions that the database has and no file here: what git knows of them, said in words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from opsmig_tui.history.ghosts import Ghost, does_the_same, gaps, lands_on, picked
from opsmig_tui.history.model import History
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.state import Answered, WorkspaceState

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


async def read_ghosts(workspace: Workspace) -> tuple[Ghost, ...]:
    """The ghosts of the database as it was last read; () where every revision has a file."""
    state = workspace.state
    unknown = state.status.value.unknown if state.status.value is not None else ()
    history = state.history.value.history if state.history.value is not None else History()
    if not unknown:
        return ()
    repository = workspace.project.repository
    if repository is None:
        return tuple(Ghost(name) for name in unknown)
    from opsmig_tui.services.git import find_ghosts

    # A branch label is no id, but as good as one for what depends on it.
    labels = {label for one in history.revisions for label in one.branch_labels}
    found = await find_ghosts(
        repository,
        unknown,
        frozenset({*history.by_id, *labels}),
        workspace.project.config.version_locations,
        log=workspace.log_command,
    )
    return await asyncio.to_thread(lambda: tuple(_with_twin(one, history) for one in found))


async def look(workspace: Workspace) -> None:
    """Looks the ghosts up after the position or the files were read; nothing where there is none
    and was none."""
    if unknown_of(workspace.state):
        await workspace.refresh("ghosts")
    elif workspace.state.ghosts.value:
        workspace.dispatch(Answered("ghosts", ()))


def unknown_of(state: WorkspaceState) -> tuple[str, ...]:
    """The ids in the version table that no file here has."""
    return state.status.value.unknown if state.status.value is not None else ()


def ghosts_of(state: WorkspaceState) -> tuple[Ghost, ...]:
    """What is known of them by now: the ids alone until git has been asked."""
    unknown = unknown_of(state)
    found = state.ghosts.value or ()
    if unknown and {one.revision for one in found if one.current} == set(unknown):
        return found
    return tuple(Ghost(name) for name in unknown)


def _with_twin(ghost: Ghost, history: History) -> Ghost:
    if ghost.file is None:
        return ghost
    text = ghost.file.data.decode("utf-8", "replace")
    for one in history.revisions:
        if one.message == ghost.message and does_the_same(text, _text(one.path)):
            return replace(ghost, twin=one.revision)
    return ghost


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


@dataclass(frozen=True)
class Way:
    """A way out: "downgrade" to `target` with the files of `holder` ("" where only one is meant),
    "checkout" the branch `target` (shown, never run), or "stamp" it ("": yet to be said)."""

    kind: Literal["downgrade", "checkout", "stamp"]
    target: str
    holder: str = ""

    @property
    def command(self) -> str:
        match self.kind:
            case "downgrade":
                source = f" --from {self.holder}" if self.holder else ""
                return f"opsmig downgrade {self.target}{source}"
            case "checkout":
                return f"git checkout {self.target}"
            case _:
                return f"opsmig stamp {self.target or 'REVISION'}"

    @property
    def why(self) -> str:
        """What it does, in a few words."""
        match self.kind:
            case "downgrade":
                return "undo it with its own file from git"
            case "checkout":
                return "work on the branch that has it"
            case _:
                return "say where the database stands; nothing runs"


def ways(state: WorkspaceState) -> tuple[Way, ...]:
    """The ways out of the database's ghosts, the one that leaves nothing behind first."""
    ghosts = ghosts_of(state)
    if not ghosts:
        return ()
    history = state.history.value.history if state.history.value is not None else History()
    found = [Way("downgrade", *one) for one in _down(history, ghosts, len(state.current or ()) > 1)]
    branches = [
        file.branches[0]
        for one in ghosts
        if one.current
        for file in one.files
        if file.where == "branch"
    ]
    found += [Way("checkout", name) for name in dict.fromkeys(branches)]
    twin = next((one.twin for one in ghosts if one.current and one.twin), "")
    stamp = Way("stamp", twin)
    # With a twin the schema is as it says already: nothing has to be undone.
    return (stamp, *found) if twin else (*found, stamp)


def _down(history: History, ghosts: Sequence[Ghost], beside: bool) -> list[tuple[str, str]]:
    """(target, whose files) of the downgrades that undo them. `beside`: the database has other
    rows, which stay. Empty where a file is missing."""
    holders = [""]
    for one in ghosts:
        if one.ambiguous:
            holders = [file.holder for file in one.files]
            break
    found = []
    for holder in holders:
        try:
            chain = picked(ghosts, holder)
        except OpsmigError:
            continue
        targets = lands_on(history, chain)
        if targets and not gaps(history, chain):
            top = f"{chain[0].revision}@" if beside else ""
            found.append((top + targets[0], holder))
    return found


# -------------------------------------------------------------------------------------- in words


def told(ghost: Ghost) -> list[str]:
    """What is known of a ghost, a sentence each."""
    one = ghost.file
    if one is None:
        return [
            "git has no file of it: no branch, stash or reflog here. It may be on a branch that "
            "was not fetched, or in a file that was never committed."
        ]
    who = f" by {one.author}" if one.author else ""
    lines = [f"{one.held_by}{who}, {one.date[:10]}".rstrip(", "), str(one.revision.path)]
    if ghost.twin:
        lines.append(f"{ghost.twin} here does the same: a rebase may have changed the id.")
    if ghost.ambiguous:
        lines.append(f"git has {len(ghost.files)} different files of it: which one ran must be")
        lines[-1] += " said before it can be undone."
    return lines


def one_line(ghost: Ghost) -> str:
    """A ghost on one line: what it is, who made it, where it is."""
    one = ghost.file
    if one is None:
        return f"? {ghost.revision}  in no branch, stash or reflog of git"
    about = ", ".join(filter(None, (one.held_by, one.author, one.date[:10])))
    return f"? {ghost.revision}  {ghost.message}  ({about})"


def ways_out(state: WorkspaceState) -> list[str]:
    """What can be done, a command each."""
    return [one.command for one in ways(state)]


def ghost_document(ghost: Ghost) -> dict[str, Any]:
    """One ghost of `ghost --json`, `history --json` and `status --json`."""
    return {
        "revision": ghost.revision,
        "current": ghost.current,
        "message": ghost.message,
        "twin": ghost.twin or None,
        "files": [
            {
                "file": str(one.revision.path),
                "down_revisions": list(one.revision.down_revisions),
                "where": one.where,
                "branches": list(one.branches),
                "commit": one.commit,
                "author": one.author,
                "date": one.date,
            }
            for one in ghost.files
        ],
    }

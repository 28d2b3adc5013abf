"""A branch's revisions on top of another head: shown as a diff, and made in all files at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.file_names import create_date, has_date, renamed
from opsmig_tui.history.heads import Move, plan_move
from opsmig_tui.history.model import Revision
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.fixes.identity import rewritten
from opsmig_tui.review.source_text import SourceText
from opsmig_tui.workspace.batch import Batch, batch
from opsmig_tui.workspace.edits import current_text
from opsmig_tui.workspace.shared import history_of

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


async def propose_move(
    workspace: Workspace, mine: str, onto: str, *, dates: bool = False
) -> tuple[Move, Batch]:
    """What moving the revisions of `mine` on top of `onto` would write. Nothing is.

    `dates`: the moved revisions are of now, in their docstring and file name. Raises OpsmigError
    with the reason where it makes no sound chain, or a file cannot be changed safely.
    """
    move = plan_move(history_of(workspace), mine, onto)
    return move, await asyncio.to_thread(_batch, workspace, move, dates)


def _batch(workspace: Workspace, move: Move, dates: bool) -> Batch:
    config = workspace.project.config
    if dates and not has_date(config.file_template):
        raise OpsmigError("file_template has no date, so there is none to change in file names.")
    moments = _moments(create_date(config.timezone), len(move.moved)) if dates else ()
    changes: list[tuple[SourceText, str, Path]] = []
    for index, item in enumerate(move.moved):
        if not dates and item.revision not in move.parents:
            continue  # its parent comes along
        text = current_text(item.path)
        target, lines = item.path, {}
        if dates:
            lines = {"Create Date": str(moments[index])}
            target = _dated(config.file_template, item, moments[index])
        parents = move.parents.get(item.revision)
        new = rewritten(item.path, text.text, parents=parents, lines=lines)
        changes.append((text, new, target))
    count = len(move.moved)
    what = "1 revision" if count == 1 else f"{count} revisions"
    return batch(
        workspace, f"Moves {what} on top of {move.onto}.", changes, warnings(workspace, move)
    )


def _moments(now: datetime, count: int) -> Sequence[datetime]:
    """A minute apart, the last one now: file names then sort as the revisions stand."""
    return [now - timedelta(minutes=count - 1 - index) for index in range(count)]


def _dated(template: str | None, item: Revision, moment: datetime) -> Path:
    found = renamed(template, item.path, item.revision, date=moment)
    if found is None:
        raise OpsmigError(
            f"{item.path.name} is not named as file_template says, so its date stays unknown.",
            hint="Leave the dates as they are, or rename the file first.",
        )
    return found


def warnings(workspace: Workspace, move: Move) -> tuple[str, ...]:
    """What there is to mind: databases that have some of it applied, heads that come along."""
    found: list[str] = []
    if move.follow:
        found.append(f"{', '.join(move.follow)} stands on what moves, and comes along.")
    found.append(applied_warning(workspace, move) or _elsewhere(workspace))
    return tuple(found)


def applied_in(workspace: Workspace, move: Move) -> tuple[str, ...]:
    """The moved revisions that the connected database has, as far as it was asked."""
    applied = workspace.state.applied or frozenset()
    return tuple(item.revision for item in move.moved if item.revision in applied)


def applied_warning(workspace: Workspace, move: Move) -> str:
    """Says what goes wrong with the connected database after the move, and what to do; or ""."""
    there = applied_in(workspace, move)
    if not there:
        return ""
    parents = history_of(workspace).by_id[there[0]].down_revisions
    back = parents[0] if len(parents) == 1 else "base" if not parents else f"{there[0]}-1"
    if move.onto in (workspace.state.applied or ()):
        back = f"{move.mine}@{back}"  # alembic would otherwise take the other branch down as well
    return (
        f"This database has {', '.join(there)} applied: after the move alembic takes what "
        f"{move.onto} brings for applied, too, and leaves it out. Downgrade first "
        f"(opsmig downgrade {back}), move, then upgrade."
    )


def _elsewhere(workspace: Workspace) -> str:
    whose = "Other databases" if workspace.state.applied is not None else "Databases"
    return (
        f"{whose} that have a moved revision applied would leave out what it now stands on: "
        "downgrade those first."
    )

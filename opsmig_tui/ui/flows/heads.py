"""Two heads: looked at, then merged through alembic, or one moved on top of the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.file_names import has_date
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.ui.flows.fix import MAKING
from opsmig_tui.ui.flows.rehearse import rehearse_revision
from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.diff import DiffScreen
from opsmig_tui.ui.screens.heads import HeadsScreen, Way
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace import merge as merging
from opsmig_tui.workspace.batch import Batch, write_batch
from opsmig_tui.workspace.heads import Heads, look
from opsmig_tui.workspace.moving import applied_in, propose_move
from opsmig_tui.workspace.renaming import propose_rename, why_not_message

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def heal(screen: MainScreen) -> None:
    """The whole way. Raises OpsmigError, also where there is one head, and WorkerFailed."""
    heads = await waiting(screen.app, "reading what each head brings …", look(screen.workspace))
    state = screen.workspace.state
    dialog = HeadsScreen(
        heads,
        dated=has_date(state.project.config.file_template),
        why_not="Read-only: no file is changed." if state.read_only else "",
    )
    way = await screen.app.push_screen_wait(dialog)
    if way is None:
        return
    if way.mine:
        await _move(screen, way, dialog.dates)
    else:
        await _merge(screen, heads)


async def _merge(screen: MainScreen, heads: Heads) -> None:
    if not await trusted(screen):
        return
    every = [side.head for side in heads.sides]
    ask = AskScreen(
        "Merge heads",
        f"The message of the revision that merges {' and '.join(every)}.",
        text=merging.default_message(every),
        take="Show what is written",
    )
    message = await screen.app.push_screen_wait(ask)
    if message is None:
        return
    asking = "asking alembic for the file name …"
    plan = await waiting(screen.app, asking, merging.plan_merge(screen.workspace, every, message))
    told = [f"Writes {Path(plan.directory) / plan.file_name}", f"$ {plan.command}"]
    if not await screen.app.push_screen_wait(DiffScreen("Merge heads", "", told)):
        return
    writing = f"alembic writes {plan.file_name} …"
    path = await waiting(
        screen.app, writing, merging.merge(screen.workspace, every, plan), may_give_up=False
    )
    await _show(screen, path, plan.revision, rehearsed=True)


async def _move(screen: MainScreen, way: Way, dates: bool) -> None:
    proposing = propose_move(screen.workspace, way.mine, way.onto, dates=dates)
    move, change = await waiting(screen.app, MAKING, proposing)
    rehearsed = not applied_in(screen.workspace, move)
    if not await _agreed(screen, "Move revisions", change):
        return
    await _show(screen, change.files[0].target, way.mine, rehearsed=rehearsed)


async def _show(screen: MainScreen, path: Path, revision: str, *, rehearsed: bool) -> None:
    """The review of the file; then the new chain is tried, where that asks for nothing."""
    screen.board.go("review")
    screen.review(path)
    state = screen.workspace.state
    local = state.locality is not None and state.locality.is_local
    tries = state.database is not None and state.database.identity.dialect == "postgresql"
    if not (rehearsed and local and tries and state.trusted):
        return
    try:
        await rehearse_revision(screen, revision)
    except OpsmigError as error:
        screen.tell(f"Not rehearsed: {error}")


async def rename(screen: MainScreen, revision: str | None) -> None:
    """Another message for the selected revision. Raises OpsmigError."""
    view = screen.workspace.state.history.value
    item = view.history.by_id.get(revision or "") if view is not None else None
    if item is None:
        raise OpsmigError("No revision is selected.", hint="Select one in History.")
    ask = AskScreen(
        f"Rename {item.revision}",
        "Its message, in the docstring and in the file's name. The id stays.",
        text=item.message,
        check=why_not_message,
        take="Show the change",
    )
    message = await screen.app.push_screen_wait(ask)
    if message is None:
        return
    proposing = propose_rename(screen.workspace, item.revision, message)
    change = await waiting(screen.app, MAKING, proposing)
    if not change.files:
        screen.tell("Nothing would change.")
    elif await _agreed(screen, "Rename", change):
        screen.review(change.files[0].target)


async def _agreed(screen: MainScreen, title: str, change: Batch) -> bool:
    """Shows the change, and makes it after a yes."""
    told = [change.title, *change.notes]
    told += [f"{one.path.name} becomes {one.target.name}" for one in change.files if one.moves]
    diff = DiffScreen(title, "\n".join(change.diff), told)
    if not await screen.app.push_screen_wait(diff):
        return False
    await write_batch(screen.workspace, change)
    screen.tell(f"{change.title} z takes it back.")
    return True

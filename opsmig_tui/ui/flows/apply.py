"""Upgrade and downgrade: target, plan, question, run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.flows.ghosts import may_run
from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace import apply
from opsmig_tui.workspace.overlay import Overlay, overlaid

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen

LAST = {"upgrade": "head", "downgrade": "-1"}


async def migrate(
    screen: MainScreen, direction: apply.Direction, target: str, holder: str = ""
) -> bool:
    """The whole way to a target; True when the database was changed as confirmed. Ghosts are undone
    with the files of `holder`, whose code is shown and asked about before.

    Raises OpsmigError and WorkerFailed.
    """
    if not await trusted(screen):
        return False
    if direction == "upgrade":
        return await _migrate(screen, direction, target, None)
    async with overlaid(screen.workspace, holder) as overlay:
        if overlay is not None and not await may_run(screen, overlay):
            return False
        return await _migrate(screen, direction, target, overlay)


async def _migrate(
    screen: MainScreen, direction: apply.Direction, target: str, overlay: Overlay | None
) -> bool:
    """Where the database or the files moved since the question, that is put again."""
    from opsmig_tui.services.worker_client import WorkerFailed

    workspace = screen.workspace
    asking = f"asking alembic what {direction} {target} would run …"
    why = ""
    while True:
        plan = await waiting(screen.app, asking, apply.plan(workspace, direction, target, overlay))
        question = apply.asked_again(apply.confirmation(workspace, plan), why)
        if not await screen.app.push_screen_wait(ConfirmScreen(question)):
            return False
        screen.board.go("output")
        try:
            result = await apply.run(workspace, plan)
        except WorkerFailed as error:
            if why := apply.moved(workspace, error):
                continue
            raise
        break
    count = len(result.applied)
    at = ", ".join(result.current) or "base"
    screen.tell(f"{direction}d {count} revision{'s' * (count != 1)}; the database stands at {at}.")
    return True

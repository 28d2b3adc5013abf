"""Stamp: which revision, plan, question, and the version table says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace.apply import asked_again, moved
from opsmig_tui.workspace.stamp import confirmation, plan_stamp, run_stamp

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen

ASKING = (
    "The version table is made to say this; no migration runs. As alembic takes it: head, base, a "
    "revision or several."
)


async def stamp_database(screen: MainScreen, suggested: str) -> None:
    """Raises OpsmigError and WorkerFailed."""
    from opsmig_tui.services.worker_client import WorkerFailed

    if not await trusted(screen):
        return
    dialog = AskScreen("Stamp", ASKING, text=suggested, take="Show what it would change")
    given = await screen.app.push_screen_wait(dialog)
    if given is None:
        return
    workspace, why = screen.workspace, ""
    while True:
        asking = f"asking alembic what stamp {given} would change …"
        plan = await waiting(screen.app, asking, plan_stamp(workspace, tuple(given.split())))
        question = asked_again(confirmation(workspace, plan), why)
        if not await screen.app.push_screen_wait(ConfirmScreen(question)):
            return
        screen.board.go("output")
        try:
            result = await run_stamp(workspace, plan)
        except WorkerFailed as error:
            if why := moved(workspace, error):
                continue
            raise
        break
    screen.tell(f"stamped; the database stands at {', '.join(result.current) or 'base'}.")

"""Before there is a first revision: the version table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace.version_table import (
    confirmation,
    make_version_table,
    plan_version_table,
)

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def version_table(screen: MainScreen) -> None:
    """Raises OpsmigError, also where it is there, and WorkerFailed."""
    if not await trusted(screen):
        return
    workspace = screen.workspace
    asking = "asking where the database stands …"
    plan = await waiting(screen.app, asking, plan_version_table(workspace))
    if await screen.app.push_screen_wait(ConfirmScreen(confirmation(workspace, plan))):
        screen.board.go("output")
        await make_version_table(workspace, plan)
        screen.tell("The version table is there.")

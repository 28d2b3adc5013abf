"""One of the project's own commands: asked about, then run; its lines go to Output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.workspace.commands import asked_about, ended, find_command, run_command

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def run(screen: MainScreen, name: str) -> None:
    """Raises OpsmigError, WorkerFailed."""
    workspace = screen.workspace
    command = find_command(workspace.project, name)
    if not await trusted(screen):
        return
    question = asked_about(workspace, command)
    if question is not None and not await screen.app.push_screen_wait(ConfirmScreen(question)):
        return
    screen.board.go("output")
    status = await run_command(workspace, command)
    if status:
        screen.tell(ended(command, status), warning=True)

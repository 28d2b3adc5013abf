"""The database's container: start (or make anew), stop, restart, psql."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from opsmig_tui.ui.flows.terminal import hand_over
from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace.container import Action, perform, plan_start, plan_stop
from opsmig_tui.workspace.psql import psql_command

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def start(screen: MainScreen) -> bool:
    """Starts the service; where only a new container has what the compose files say, asks for that.

    A container runs what the project says, so this takes trust as well. True when something was
    done. Raises OpsmigError, WorkerFailed.
    """
    if not await trusted(screen):
        return False
    plan = await waiting(screen.app, "asking Docker …", plan_start(screen.workspace))
    action: Action = "start"
    if plan.recreation is not None:
        question = ConfirmScreen(plan.recreation, "" if plan.runs else "Start it as it is")
        if await screen.app.push_screen_wait(question):
            action = "recreate"
        elif not question.instead_chosen:
            return False
    elif plan.runs:
        screen.tell(f"{plan.service} runs already.")
        return False
    await _perform(screen, action)
    return True


async def stop(screen: MainScreen, action: Literal["stop", "restart"]) -> None:
    """Asks, saying who else is connected, and does it. Raises OpsmigError, WorkerFailed."""
    if not await trusted(screen):
        return
    asking = "asking who is connected …"
    question = await waiting(screen.app, asking, plan_stop(screen.workspace, action))
    if await screen.app.push_screen_wait(ConfirmScreen(question)):
        await _perform(screen, action)


async def _perform(screen: MainScreen, action: Action) -> None:
    screen.board.go("output")
    await perform(screen.workspace, action)


async def psql(screen: MainScreen) -> None:
    """psql has the terminal until it ends; then the position is read again: much may have changed.

    Raises OpsmigError.
    """
    asking = "asking Docker …"
    command, environment, folder = await waiting(screen.app, asking, psql_command(screen.workspace))
    try:
        hand_over(screen.host, command, Path(folder), environment, wait_when_failed=True)
    finally:
        if screen.workspace.state.trusted:
            await screen.workspace.refresh("status", "drift")

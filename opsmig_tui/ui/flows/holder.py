"""`!` in Output: end the session that the run waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.screens.holder import HolderScreen
from opsmig_tui.workspace.holders import in_the_way, stop_session

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def end_session(screen: MainScreen) -> None:
    """The question, with the session's name, then the deed. Raises OpsmigError, WorkerFailed."""
    holders = in_the_way(screen.workspace)
    at = 0
    while True:
        asked = HolderScreen(holders[at], at + 1, len(holders))
        answer = await screen.app.push_screen_wait(asked)
        if answer != "next":
            break
        at = (at + 1) % len(holders)
    if answer is None:
        return
    terminate = answer == "terminate"
    text = await stop_session(screen.workspace, holders[at], terminate=terminate)
    screen.tell(f"{text[0].upper()}{text[1:].rstrip('.')}.")

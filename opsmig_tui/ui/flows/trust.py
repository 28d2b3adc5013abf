"""Asking whether the project's code may run, before anything that needs it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from opsmig_tui.ui.screens.trust import TrustScreen

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def trusted(screen: MainScreen) -> bool:
    """True when the project's code may run; asks where that is not decided yet."""
    if screen.workspace.state.trusted:
        return True
    project = screen.workspace.project
    inside = None
    if project.interpreter is None:
        from opsmig_tui.services.compose.inside import only_service

        inside = await asyncio.to_thread(only_service, project)
    if not await screen.app.push_screen_wait(TrustScreen(project, inside)):
        screen.tell("Without trust opsmig only reads files. t asks again.")
        return False
    screen.workspace.trust()
    return True

"""Asking whether the project's code may run, before anything that needs it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from opsmig_tui.project.flask_app import nothing_found
from opsmig_tui.project.trust import missing_yes
from opsmig_tui.ui.screens.trust import AppScreen, TrustScreen

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def trusted(screen: MainScreen) -> bool:
    """True when the project's code may run; asks where that is not decided yet."""
    if screen.workspace.state.trusted:
        return True
    project = screen.workspace.project
    if missing_yes(project) != "app":
        inside = None
        if project.interpreter is None:
            from opsmig_tui.services.compose.inside import only_service

            inside = await asyncio.to_thread(only_service, project)
        if not await screen.app.push_screen_wait(TrustScreen(project, inside)):
            screen.tell("Without trust opsmig only reads files. t asks again.")
            return False
        screen.workspace.trust()
    return screen.workspace.state.trusted or await _app_allowed(screen)


async def _app_allowed(screen: MainScreen) -> bool:
    """The further yes that a Flask app takes."""
    project = screen.workspace.project
    if not project.config.flask_app:
        screen.tell(nothing_found(project.root))
        return False
    if not await screen.app.push_screen_wait(AppScreen(project)):
        screen.tell("Without its Flask app opsmig only reads files. t asks again.")
        return False
    screen.workspace.allow_app()
    return True

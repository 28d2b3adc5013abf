"""What happens right after the first frame."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.recent import remember_project
from opsmig_tui.ui.flows.review import show_review
from opsmig_tui.ui.flows.trust import trusted

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def follow(screen: MainScreen) -> None:
    """Keeps the state up to date as long as the screen is there."""
    with contextlib.suppress(OpsmigError):  # it is a convenience; other files tell of the folder
        await asyncio.to_thread(remember_project, screen.workspace.project)
    await screen.workspace.live()


async def greet(screen: MainScreen) -> None:
    """Puts a review on the screen, and asks for trust where that is not decided."""
    try:
        await show_review(screen, None)
    except OpsmigError as error:
        # Nothing that can be reviewed is no error of opening: the pane says so.
        screen.shown = ""
        screen.board.review.show_hint(str(error))
    if screen.workspace.state.trusted:
        return
    from opsmig_tui.services.compose.inside import only_service

    project = screen.workspace.project
    found = project.interpreter or await asyncio.to_thread(only_service, project)
    if found is not None:
        await trusted(screen)

"""Another project in place of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import OpenOptions
from opsmig_tui.project.open import open_project
from opsmig_tui.ui.screens.wait import waiting

if TYPE_CHECKING:
    from opsmig_tui.project.recent import Recent
    from opsmig_tui.ui.screens.main import MainScreen


async def switch(screen: MainScreen, recent: Recent) -> None:
    """Ends this screen, which is opened anew on the other project. It stays where that one cannot
    be opened: then raises OpsmigError."""
    import asyncio

    options = OpenOptions(
        directory=recent.config.parent,
        config=recent.config,
        section=recent.section,
        read_only=screen.workspace.state.read_only,
    )
    if not recent.config.is_file():
        raise OpsmigError(f"{recent.shown} is not there any more.")
    opening = asyncio.to_thread(open_project, options, run_tools=False)
    await waiting(screen.app, f"opening {recent.shown} …", opening)
    screen.host.next_project = options
    await screen.host.action_quit()

"""Ghosts: looked at, then undone with their own files, stamped, or their branch's name copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.ui.screens.diff import DiffScreen
from opsmig_tui.ui.screens.ghosts import GhostsScreen
from opsmig_tui.workspace import overlay as overlays
from opsmig_tui.workspace.ghosts import ghosts_of, look, ways

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def heal_ghosts(screen: MainScreen) -> None:
    """The whole way. Raises OpsmigError, also where there is no ghost, and WorkerFailed."""
    from opsmig_tui.ui.flows.apply import migrate
    from opsmig_tui.ui.flows.stamp import stamp_database

    workspace = screen.workspace
    if workspace.state.ghosts.phase != "ready":
        await look(workspace)
    state = workspace.state
    ghosts = ghosts_of(state)
    if not ghosts:
        if state.status.value is None:
            raise OpsmigError("The database has not told where it stands.", exit_status=0)
        raise OpsmigError("Every revision of the database has a file here.", exit_status=0)
    dialog = GhostsScreen(ghosts, ways(state), screen.why_not("downgrade"))
    way = await screen.app.push_screen_wait(dialog)
    if way is None:
        return
    if way.kind == "checkout":
        screen.app.copy_to_clipboard(way.command)
        screen.tell(f"Copied {way.command}: run it in a terminal.")
    elif way.kind == "stamp":
        await stamp_database(screen, way.target)
    else:
        await migrate(screen, "downgrade", way.target, way.holder)


async def may_run(screen: MainScreen, overlay: overlays.Overlay) -> bool:
    """Shows the code of the ghosts with its review, and asks whether it may run."""
    dialog = DiffScreen(
        "Run code of another branch?", overlays.as_diff(overlay), overlays.told(overlay),
        yes="It may run",
    )  # fmt: skip
    accepted: bool = await screen.app.push_screen_wait(dialog)
    return accepted

"""Which rows a finding about this database means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.screens.peek import PeekScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace.peek import peek

if TYPE_CHECKING:
    from opsmig_tui.review.model import Finding
    from opsmig_tui.ui.screens.main import MainScreen


async def show_rows(screen: MainScreen, finding: Finding) -> None:
    """Shows some of them. Raises OpsmigError, WorkerFailed."""
    if finding.probe is None:
        return
    asking = "asking the database for some of the rows …"
    result = await waiting(screen.app, asking, peek(screen.workspace, finding.probe))
    await screen.app.push_screen_wait(PeekScreen(finding.live or finding.message, result))

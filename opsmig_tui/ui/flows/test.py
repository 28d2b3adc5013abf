"""Testing a revision: question, legs, report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.ui.screens.report import ReportScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace.test import plan_test, run_test

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def test_revision(screen: MainScreen, revision: str | None) -> None:
    """Raises OpsmigError and WorkerFailed."""
    if not await trusted(screen):
        return
    asking = "asking alembic what the test would run …"
    plan = await waiting(screen.app, asking, plan_test(screen.workspace, revision))
    if not await screen.app.push_screen_wait(ConfirmScreen(plan.confirmation)):
        return
    screen.board.go("output")
    report = await run_test(screen.workspace, plan)
    screen.app.push_screen(ReportScreen(report))

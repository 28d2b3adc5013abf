"""Upgrade and downgrade: target, plan, question, run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace import apply

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen

LAST = {"upgrade": "head", "downgrade": "-1"}


async def migrate(screen: MainScreen, direction: apply.Direction, target: str) -> bool:
    """The whole way to a target; True when the database was changed as confirmed.

    Raises OpsmigError and WorkerFailed.
    """
    if not await trusted(screen):
        return False
    workspace = screen.workspace
    asking = f"asking alembic what {direction} {target} would run …"
    plan = await waiting(screen.app, asking, apply.plan(workspace, direction, target))
    question = apply.confirmation(workspace, plan)
    if not await screen.app.push_screen_wait(ConfirmScreen(question)):
        return False
    screen.board.go("output")
    result = await apply.run(workspace, plan)
    count = len(result.applied)
    at = ", ".join(result.current) or "base"
    screen.tell(f"{direction}d {count} revision{'s' * (count != 1)}; the database stands at {at}.")
    return True

"""Rehearsal: plan, a question where the database is not local, legs, and the report as a tab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.ui.flows.review import show_review
from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.ui.screens.question import Answer
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace import rehearse

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def rehearse_revision(
    screen: MainScreen, revision: str | None, on: rehearse.On = "here"
) -> None:
    """The revision with what has to come along, or all that are pending; then the report of the
    one that failed, else of the one asked for. What cannot be rehearsed here is offered on a
    scratch database. Raises OpsmigError and WorkerFailed."""
    if not await trusted(screen):
        return
    workspace = screen.workspace
    asking = "asking alembic what a rehearsal would run …"
    plan = await waiting(screen.app, asking, rehearse.plan_rehearsal(workspace, revision, on=on))
    if plan.question is not None and not await screen.app.push_screen_wait(
        ConfirmScreen(plan.question)
    ):
        return
    review = screen.board.review
    where = "on a scratch database" if on == "scratch" else "nothing stays"
    review.show_busy(f"rehearsing; {where} …")
    try:
        result = await rehearse.rehearse(workspace, plan)
    except BaseException:
        review.show_busy("")  # cancelled or failed, as Output tells
        raise
    bad = next((leg.path for leg in result.legs if leg.outcome != "ok"), None)
    wanted = next((one.path for one in plan.plan.steps if one.revision == revision), None)
    screen.board.go("review")
    await show_review(screen, Path(bad or wanted or plan.plan.steps[-1].path), tab="rehearsal")
    if rehearse.would_on_scratch(result) and await _there_instead(screen):
        await rehearse_revision(screen, revision, "scratch")


async def _there_instead(screen: MainScreen) -> bool:
    answer = await screen.board.question.ask(
        "A scratch database would let it go on. Rehearse it there?",
        Answer("y", "yes"),
        Answer("n", "no"),
    )
    return answer == "y"

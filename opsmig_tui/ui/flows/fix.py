"""Changing the file on show: a fix, all of them, an ignore, and taking the last one back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.suppress import with_suppression
from opsmig_tui.ui.failures import show_error
from opsmig_tui.ui.flows.review import show_review
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.diff import DiffScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace import edits, fixes

if TYPE_CHECKING:
    from opsmig_tui.review.model import Finding, Review
    from opsmig_tui.ui.screens.main import MainScreen
    from opsmig_tui.workspace.edits import Proposal

MAKING = "working out the change …"


async def fix(screen: MainScreen, review: Review, finding: Finding) -> None:
    """The best fix of a finding, with what it has to be told. Raises OpsmigError."""

    async def work() -> None:
        ways = await asyncio.to_thread(fixes.fixes_of, review, finding)
        if not ways:
            raise OpsmigError(await asyncio.to_thread(fixes.why_not, review, finding))
        value: str | None = ""
        if ways[0].ask is not None:
            ask, title = ways[0].ask, f"Fix {finding.rule}"
            dialog = AskScreen(title, ask.question, placeholder=ask.example, take="Show the change")
            value = await screen.app.push_screen_wait(dialog)
        if value is not None:
            proposing = fixes.propose(review, finding, value, fix=ways[0])
            change = await waiting(screen.app, MAKING, proposing)
            await _agree(screen, change, f"Fix {finding.rule}")

    await _fresh(screen, review.path, work)


async def fix_all(screen: MainScreen) -> None:
    """Every fix that asks nothing, as one change. Raises OpsmigError."""
    review = screen.board.review.review
    if review is None:
        raise OpsmigError("There is no review on show, so there is nothing to fix.")

    async def work() -> None:
        found = await waiting(screen.app, MAKING, fixes.propose_all(review))
        left = [f"Left: {one.finding.rule}. {one.reason}" for one in found.everything.skipped]
        if not found.proposal.diff:
            screen.tell(" ".join(["Nothing here can be fixed without asking.", *left]))
            return
        made = [way.title for _, way in found.everything.done]
        await _agree(screen, found.proposal, "Fix all", [*made, *left])

    await _fresh(screen, review.path, work)


async def ignore(screen: MainScreen, review: Review, finding: Finding) -> None:
    """A comment with the reason that is given keeps a finding from being shown."""

    async def work() -> None:
        dialog = AskScreen(
            f"Ignore {finding.rule}",
            f"{finding.message} Why may it be ignored? The reason stands in the file.",
            placeholder="the reason",
            take="Show the change",
        )
        reason = await screen.app.push_screen_wait(dialog)
        if reason is None:
            return
        text = await asyncio.to_thread(edits.reviewed_text, review)
        new = with_suppression(review.source, finding, reason)
        title = f"Ignores {finding.rule} at line {finding.line}."
        await _agree(screen, edits.proposal(review, text, new, title), f"Ignore {finding.rule}")

    await _fresh(screen, review.path, work)


async def undo(screen: MainScreen) -> None:
    """Takes the last change back. Raises OpsmigError where there is none."""
    written = screen.workspace.written
    path = written[-1].path if written else Path()

    async def work() -> None:
        last = await edits.undo(screen.workspace)
        screen.tell(f"Taken back: {last.title}")
        await show_review(screen, last.path)

    await _fresh(screen, path, work)


async def _agree(
    screen: MainScreen, change: Proposal, title: str, notes: Sequence[str] = ()
) -> None:
    """Shows the change, and makes it after a yes."""
    if not change.diff:
        screen.tell("Nothing would change.")
        return
    told = [one for one in (*(notes or (change.title,)), change.note) if one]
    if await screen.app.push_screen_wait(DiffScreen(title, "\n".join(change.diff), told)):
        await edits.write(screen.workspace, change)
        screen.tell(f"{change.title} z takes it back.")
        await show_review(screen, change.path)


async def _fresh(screen: MainScreen, path: Path, work: Callable[[], Awaitable[None]]) -> None:
    """Runs `work`; a file that changed meanwhile is said so and read again."""
    try:
        await work()
    except edits.ChangedOnDisk as error:
        show_error(screen.host, error)
        await show_review(screen, path)

"""Staging with space in Changes, and the commit prompt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.diff import DiffScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace import commit as use_case

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


# Lines of the diff: nobody reads more, and a screen takes seconds for them.
MOST_SHOWN = 2_000


async def toggle_staged(screen: MainScreen, path: Path) -> None:
    """Raises OpsmigError."""
    screen.tell(await use_case.toggle_staged(screen.workspace, path))


async def commit(screen: MainScreen) -> None:
    """Asks for the message, shows what exactly is committed, and does it.

    Raises OpsmigError, WorkerFailed.
    """
    workspace = screen.workspace
    plan = await waiting(screen.app, "asking git …", use_case.plan_commit(workspace))
    repository = workspace.project.repository
    if repository is None:
        raise OpsmigError("This project is in no git repository.")
    kept = workspace.commit_message
    text = kept or use_case.suggested_message(workspace.state, plan, repository)
    count = len(plan.files)
    ask = AskScreen(
        "Commit",
        f"The message for {count} staged file{'' if count == 1 else 's'}"
        + (" (kept from the last try)." if kept else "."),
        text=text,
        take="Show what is committed",
    )
    message = await screen.app.push_screen_wait(ask)
    if message is None:
        return
    told = use_case.told_of(plan, message)
    shown = plan.diff.split("\n")
    if len(shown) > MOST_SHOWN:
        told.append(f"Of the diff the first {MOST_SHOWN:,} of {len(shown):,} lines are shown.")
    dialog = DiffScreen("Commit", "\n".join(shown[:MOST_SHOWN]), told, yes="Commit")
    if not await screen.app.push_screen_wait(dialog):
        workspace.commit_message = message
        return
    screen.board.go("output")
    made = await use_case.commit(workspace, plan, message)
    screen.tell(f"Committed {made}.")

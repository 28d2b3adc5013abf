"""Showing a revision: at once what its file tells, then what models and database add."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.workspace.edited import details
from opsmig_tui.workspace.rehearsed import seen_of
from opsmig_tui.workspace.review import review

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def show_review(screen: MainScreen, target: str | Path | None, tab: str = "") -> None:
    """Shows the review of `target` (see `workspace.review`), unless another was asked for since.

    Turns to `tab`, where one is named.

    Raises OpsmigError.
    """
    screen.shown = target if target is not None else ""
    wanted = screen.shown
    found = await review(screen.workspace, target, facts=False)
    if screen.shown != wanted:
        return
    wanted = screen.shown = found.path
    waiting = screen.workspace.state.trusted
    state = screen.workspace.state
    seen = seen_of(state, found)
    screen.board.review.show_review(found, waiting=waiting, rehearsal=seen, tab=tab)
    if not waiting:
        return
    complete = await review(screen.workspace, found.path)
    if screen.shown == wanted:
        seen = seen_of(screen.workspace.state, complete)
        screen.board.review.show_review(complete, rehearsal=seen)


async def show_again(screen: MainScreen) -> None:
    """Something a review goes by has changed: the one on show is made anew, in place."""
    shown = screen.shown
    if isinstance(shown, Path) and not shown.exists():
        # Which one comes instead may be for the person to say, as with two heads.
        screen.board.review.show_hint(f"{shown.name} is not here any more.")
        await show_review(screen, None)
    elif shown:
        await show_review(screen, shown)


def show_details(screen: MainScreen, revision: str) -> None:
    """The verbose view of a revision."""
    view = screen.workspace.state.history.value
    if view is not None and revision in view.history.by_id:
        screen.shown = ""
        item = view.history.by_id[revision]
        told = details(screen.workspace.state, item)
        screen.board.review.show_details(item, view.history, told)
        screen.board.go("review")

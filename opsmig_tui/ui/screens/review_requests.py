"""What the review pane asks the main screen for, and what the palette offers about a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from opsmig_tui.ui import messages

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


class ReviewRequests(Screen[None]):
    """A part of `MainScreen`. None of it is a job: a question under a review stays open."""

    @property
    def _main(self) -> MainScreen:
        return cast("MainScreen", self)

    def on_peek_requested(self, event: messages.PeekRequested) -> None:
        from opsmig_tui.ui.flows.peek import show_rows

        main = self._main
        main.host.start(lambda: show_rows(main, event.finding), group="rows")

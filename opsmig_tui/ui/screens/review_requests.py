"""What the review pane asks the main screen for, and what the palette offers about a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from opsmig_tui.ui import messages

if TYPE_CHECKING:
    from opsmig_tui.ui.failures import Work
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

    def on_fix_requested(self, event: messages.FixRequested) -> None:
        from opsmig_tui.ui.flows.fix import fix

        self._write("fix", lambda: fix(self._main, event.review, event.finding))

    def on_ignore_requested(self, event: messages.IgnoreRequested) -> None:
        from opsmig_tui.ui.flows.fix import ignore

        self._write("ignore", lambda: ignore(self._main, event.review, event.finding))

    def on_undo_requested(self) -> None:
        from opsmig_tui.ui.flows.fix import undo

        self._write("undo", lambda: undo(self._main))

    def action_fix_all(self) -> None:
        from opsmig_tui.ui.flows.fix import fix_all

        self._write("fix_all", lambda: fix_all(self._main))

    def action_export_markdown(self) -> None:
        from opsmig_tui.ui.flows.export import export_markdown

        self._write("export_markdown", lambda: export_markdown(self._main))

    def action_export_picture(self) -> None:
        from opsmig_tui.ui.flows.export import export_picture

        self._write("export_picture", lambda: export_picture(self._main))

    def _write(self, action: str, work: Work) -> None:
        """Starts what writes a file, unless something speaks against it: then that is told."""
        main = self._main
        reason = main.why_not(action)
        if reason:
            main.tell(reason, warning=True)
        else:
            main.host.start(work, group="write")

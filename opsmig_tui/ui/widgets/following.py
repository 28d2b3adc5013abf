"""A list that grows at its end and stays there, until one looks back."""

from __future__ import annotations

from textual.reactive import reactive

from opsmig_tui.ui.widgets.line_view import LineView


class FollowingView(LineView):
    """`follow` is on while the end is in sight; the subclass then shows what comes."""

    follow: reactive[bool] = reactive(True, repaint=False, init=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor_without_focus = False

    def show_end(self) -> None:
        """The rows are others now; stays at the end where that is followed."""
        last = max(0, self.line_count - 1)
        self.lines_changed(last if self.follow else None)
        if self.follow:
            self.scroll_to_row(self.max_scroll_y)

    def watch_cursor(self, old: int, new: int) -> None:
        self.follow = new >= self.line_count - 1
        super().watch_cursor(old, new)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        # The wheel looks back without moving the cursor; coming back to the end follows again.
        self.follow = self.is_vertical_scroll_end

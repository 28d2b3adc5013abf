"""The line of tab titles above the review, for the eye and for the mouse."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content as Text
from textual.message import Message
from textual.widget import Widget

from opsmig_tui.ui.panes.review.content import Content
from opsmig_tui.ui.panes.review.tabs import TABS, titles


class TabBar(Widget):
    """Hidden while nothing with tabs is on show."""

    class Chosen(Message):
        """A title was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__()
        self.display = False
        self._content: Content | None = None
        self._active = ""

    def show(self, content: Content | None, active: str) -> None:
        """The tabs of this review, `active` the one that is open. None: no tabs."""
        self.display = content is not None
        self._content, self._active = content, active
        self.refresh()

    @property
    def _titles(self) -> Sequence[str]:
        return titles(self._content, self.size.width) if self._content is not None else ()

    def render(self) -> Text:
        # The open one is underlined: colour is not all that tells it from the others.
        pieces: list[tuple[str, str] | str] = []
        for tab, title in zip(TABS, self._titles, strict=False):
            ink = "bold underline $accent" if tab.name == self._active else "$dim"
            pieces += [" ", (title.strip(), ink), " "]
        return Text.assemble(*pieces)

    def on_click(self, event: events.Click) -> None:
        end = 0
        for tab, title in zip(TABS, self._titles, strict=False):
            end += len(title)
            if event.x < end:
                self.post_message(self.Chosen(tab.name))
                return

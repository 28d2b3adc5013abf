"""What every dialog shares: a titled box in the middle that never grows out of the terminal."""

from __future__ import annotations

import time
from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from opsmig_tui.ui.keys import CLOSE, SCROLL
from opsmig_tui.ui.screens.layout import ROOMY_ROWS

T = TypeVar("T")

# A key that was on its way when the dialog came up was meant for what was there before (DESIGN.md).
DEAF_SECONDS = 0.3


class Dialog(ModalScreen[T]):
    """Subclasses say what stands in the scrolling body (`body`) and below it (`below`).

    `DEAF` dialogs take no key for the first 300 ms. `esc` closes with the result None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [CLOSE, *SCROLL]
    DEAF: ClassVar[bool] = False

    def __init__(self, title: str, *, classes: str = "") -> None:
        super().__init__(classes=f"dialog {classes}".strip())
        self.heading = title
        self._opened: float | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self.heading)
            with VerticalScroll(id="body", can_focus=False):
                yield from self.body()
            yield from self.below()

    def body(self) -> ComposeResult:
        yield from ()

    def below(self) -> ComposeResult:
        yield from ()

    @property
    def deaf(self) -> bool:
        """True while keys are still ignored."""
        opened = self._opened  # None while it is not there yet, however long that takes
        return self.DEAF and (opened is None or time.monotonic() - opened < DEAF_SECONDS)

    def on_mount(self) -> None:
        self._opened = time.monotonic()
        self.call_after_refresh(self.fit)

    def on_resize(self) -> None:
        self.call_after_refresh(self.fit)

    def on_key(self, event: events.Key) -> None:
        if self.deaf:
            event.stop()
            event.prevent_default()

    def fit(self) -> None:
        """Leaves the body what the screen has left beside the rest of the box; it scrolls there."""
        box, body = self.query_one("#box"), self.query_one("#body")
        rest = sum(rows_of(child) for child in box.children if child is not body and child.display)
        margin = 2 if self.size.height >= ROOMY_ROWS else 0
        body.styles.max_height = max(1, self.size.height - margin - rest - box.gutter.height)

    def action_close(self) -> None:
        self.dismiss(None)

    def action_scroll_body(self, rows: int) -> None:
        self.query_one("#body", VerticalScroll).scroll_relative(y=rows, animate=False)


def rows_of(widget: Widget) -> int:
    """Rows that a widget takes, with its margins."""
    return widget.outer_size.height + widget.styles.margin.height

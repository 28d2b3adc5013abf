"""Some of the rows behind a finding: looked at, never kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import DataTable, Static

from opsmig_tui.ui.keys import key
from opsmig_tui.ui.screens.choice import Choice
from opsmig_tui.ui.screens.dialog import Dialog, rows_of
from opsmig_tui.ui.widgets.paint import clean

if TYPE_CHECKING:
    from opsmig_tui.worker.protocol import PeekResult


class PeekScreen(Dialog[None]):
    """A table to scroll in. The values go nowhere else: not to a log, a file or the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.close-rows", "q,p", "close", "close", "Close the table"),
    ]

    def __init__(self, question: str, result: PeekResult) -> None:
        super().__init__("Rows in this database", classes="-wide")
        self.question = question
        self.result = result

    def compose(self) -> ComposeResult:
        # The table scrolls by itself: no scrolling body around it.
        with Vertical(id="box") as box:
            box.border_title = Content(self.heading)
            yield Static(Content(self.question), classes="text")
            yield DataTable(id="rows", cursor_type="row", zebra_stripes=False)
            yield Static(Content.styled(_foot(self.result), "$dim"), classes="text")
            with Horizontal(classes="choices"):
                yield Choice("esc", "Close", "close", id="close", focusable=False)

    def on_mount(self) -> None:
        super().on_mount()
        table = self.query_one("#rows", DataTable)
        table.add_columns(*(Text(clean(name)) for name in self.result.columns))
        for row in self.result.rows:
            table.add_row(*(_cell(value) for value in row))
        table.focus()

    def fit(self) -> None:
        """Gives the table its rows, heading and scrollbar, or what the screen has left for them."""
        box, table = self.query_one("#box"), self.query_one("#rows", DataTable)
        rest = sum(rows_of(child) for child in box.children if child is not table)
        wanted = len(self.result.rows) + 2
        margins = table.styles.margin.height
        table.styles.height = max(
            2, min(wanted, self.size.height - rest - margins - box.gutter.height)
        )

    def action_scroll_body(self, rows: int) -> None:
        table = self.query_one("#rows", DataTable)
        table.move_cursor(row=max(0, table.cursor_row + rows))


def _cell(value: str | None) -> Text:
    return Text("NULL", style="italic") if value is None else Text(clean(value))


def _foot(result: PeekResult) -> str:
    many = len(result.rows)
    if not many:
        return "No such rows any more."
    counted = f"{many:,} row{'' if many == 1 else 's'}"
    return f"The first {counted}; there are more." if result.more else f"{counted}."

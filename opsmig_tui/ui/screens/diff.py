"""What would be written into a file, line by line, before it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from opsmig_tui.ui.keys import key
from opsmig_tui.ui.panes.review.diff import take_apart
from opsmig_tui.ui.panes.review.rows import SHOWN_SIGNS, Row
from opsmig_tui.ui.screens.choice import Choice
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.ui.screens.lines import Line

COLOURS = {"+": "$added", "-": "$removed", " ": "$text"}
GROUNDS = {"+": "$added-ground", "-": "$removed-ground"}
WORDS = {"+": "$added-word", "-": "$removed-word"}


class DiffScreen(Dialog[bool]):
    """Results in True for yes. Enter never confirms; nothing typed in the first 300 ms counts.

    `diff` is unified; `notes` stand above it, one sentence a line. `yes` names what is done.
    """

    DEAF = True
    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.write", "y", "yes", "yes", "Do it as shown"),
        key("dialog.no-write", "n", "close", "no", "Leave everything as it is"),
    ]

    def __init__(
        self, title: str, diff: str, notes: Sequence[str] = (), *, yes: str = "Write it"
    ) -> None:
        super().__init__(title, classes="-wide")
        self.diff = diff
        self.notes = notes
        self.yes = yes

    def body(self) -> ComposeResult:
        for note in self.notes:
            yield Line(Content.styled("• ", "$dim"), note)
        if self.notes:
            yield Line("", "")
        yield DiffText(take_apart(self.diff).rows)

    def below(self) -> ComposeResult:
        with Horizontal(classes="choices"):
            yield Choice("n", "No, go back", "close", id="no")
            yield Choice("y", self.yes, "yes", id="yes", focusable=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#no").focus()

    def action_yes(self) -> None:
        if not self.deaf:
            self.dismiss(True)

    def action_close(self) -> None:
        self.dismiss(False)


class DiffText(Static):
    """The lines of a diff; what wraps stays clear of the numbers and signs."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__(classes="text diff")
        self._rows = rows

    def on_resize(self) -> None:
        self.update(Content("\n").join(_lines(self._rows, self.content_size.width)))


def _lines(rows: Sequence[Row], width: int) -> Iterator[Content]:
    digits = max((len(str(row.number)) for row in rows if row.number), default=1)
    for row in rows:
        if row.kind != "code":
            yield Content.styled(row.text.strip(), "$accent")
            continue
        number = str(row.number) if row.number is not None else ""
        text = Content(row.text)
        for start, end in row.marks:
            text = text.stylize(f"underline on {WORDS[row.sign]}", start, end)
        gutter = f"{number:>{digits}} {SHOWN_SIGNS[row.sign]} "
        for part in text.wrap(max(20, width - len(gutter))):
            line = Content.styled(gutter, COLOURS[row.sign]) + part
            yield line.stylize_before(f"on {GROUNDS[row.sign]}") if row.sign in GROUNDS else line
            gutter = " " * len(gutter)

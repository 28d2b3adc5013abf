"""The one list of the review pane."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip

from opsmig_tui.ui.panes.review import rows as review_rows
from opsmig_tui.ui.panes.review.document import opened
from opsmig_tui.ui.panes.review.rows import Row, gutter_width
from opsmig_tui.ui.widgets.line_view import LineView

#: Makes all rows for a width: notes and head are wrapped to it.
Layout = Callable[[int], list[Row]]


class ReviewList(LineView):
    """Code, note and fold rows, made by a layout function for the width there is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "open fold", show=False, id="review.open",
                tooltip="Open folded unchanged lines"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="review-list")
        self.rows: list[Row] = []
        self.digits = 3
        self._layout: Layout = lambda _width: []
        self._opened: frozenset[int] = frozenset()
        self._longest = 0

    @property
    def line_count(self) -> int:
        return len(self.rows)

    @property
    def longest(self) -> int:
        return self._longest

    def fixed_cells(self, index: int) -> int:
        return gutter_width(self.digits) if self.rows[index].kind == "code" else self.row_width

    def render_row(self, index: int, selected: bool, width: int) -> Strip:
        return review_rows.paint(self.rows[index], self.ink, width, self.digits)

    def row_text(self, index: int) -> str:
        return self.rows[index].text

    def ground(self, index: int) -> Style | None:
        row = self.rows[index]
        if not row.tinted:
            return None
        return self.ink.on_added if row.sign == "+" else self.ink.on_removed

    def put(self, layout: Layout, digits: int, *, keep: bool) -> None:
        """Show what `layout` makes. `keep`: the same text in other words, stay at the same line."""
        self._layout, self.digits = layout, digits
        if not keep:
            self._opened = frozenset()
            self.shift = 0
        self._lay_out(keep)

    def width_changed(self, width: int) -> None:
        self._lay_out(keep=True)

    def _lay_out(self, keep: bool) -> None:
        if not self.row_width:
            return
        anchor, above = self._anchor() if keep else (None, 0)
        self.rows = opened(self._layout(self.row_width), self._opened)
        widest = max((len(row.text) for row in self.rows if row.kind == "code"), default=0)
        self._longest = widest + gutter_width(self.digits) + 1
        at = 0 if not keep else self.cursor
        if anchor is not None:
            same = (
                i for i, row in enumerate(self.rows) if row.kind == "code" and row.number == anchor
            )
            at = next(same, at)
        self.lines_changed(at)
        if not keep:
            self.scroll_to_row(0)
        elif anchor is not None:
            self.scroll_to_row(self.cursor - above)

    def _anchor(self) -> tuple[int | None, int]:
        """The file's line under the cursor and how far it stands below the upper edge."""
        row = self.rows[self.cursor] if self.cursor < len(self.rows) else None
        if row is None or row.kind != "code":
            return None, 0
        return row.number, self.cursor - self.scroll_offset.y

    def open_fold(self, index: int) -> bool:
        row = self.rows[index]
        if row.kind != "fold" or row.number is None:
            return False
        self._opened |= {row.number}
        self._lay_out(keep=True)
        return True

    def file_line(self) -> int:
        """The line of the file at, or nearest above, the cursor; 1 in the head."""
        for row in reversed(self.rows[: self.cursor + 1]):
            if row.number is not None:
                return row.number
        return 1

    def next_flag(self, step: int) -> bool:
        """Go to the next (previous) flagged line, around the end, with its note in view."""
        flagged = [i for i, row in enumerate(self.rows) if row.severity is not None]
        if not flagged:
            return False
        if step > 0:
            at = next((i for i in flagged if i > self.cursor), flagged[0])
        else:
            at = next((i for i in reversed(flagged) if i < self.cursor), flagged[-1])
        self.cursor = at
        end = at + 1
        while end < len(self.rows) and self.rows[end].kind == "note":
            end += 1
        self.show_row(end - 1)
        self.show_row(at, margin=1)
        return True

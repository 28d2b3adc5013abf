"""The one list of the review pane."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from opsmig_tui.ui.panes.review import folds
from opsmig_tui.ui.panes.review import rows as review_rows
from opsmig_tui.ui.panes.review.place import Place, find, place_at
from opsmig_tui.ui.panes.review.rows import Row, gutter_width
from opsmig_tui.ui.widgets.line_view import LineView

#: Makes all rows for a width and the words of `/`: notes and head are wrapped to it.
Layout = Callable[[int, str], list[Row]]

#: The tab that is open when something is put.
FIRST = "code"


class ReviewList(LineView):
    """The rows of the open tab, made by its layout function for the width there is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "open", show=False, id="review.open",
                tooltip="Open folded lines; from a finding or a statement, go to its code"),
        Binding("space", "fold", "fold", show=False, id="review.fold",
                tooltip="Open these folded lines, and close them again"),
        Binding("o", "fold_all", "all folds", show=False, id="review.fold-all",
                tooltip="Open everything folded, and close it again"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="review-list")
        self.rows: list[Row] = []
        self.digits = 3
        self._layout: Layout = lambda _width, _words: []
        self._opened: frozenset[int] = frozenset()
        self._laid_out: list[Row] = []
        self._inside: dict[int, int] = {}
        self._longest = 0
        # Where a tab was entered, and how each was left: see `turn`.
        self._entered: tuple[int, Place] | None = None
        self._left: dict[str, tuple[Place, int, int]] = {}
        self._tab = FIRST

    # ------------------------------------------------------------------------ for the line view

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
        return self.rows[index].full or self.rows[index].text

    def selectable(self, index: int) -> bool:
        return self.rows[index].stops

    def ground(self, index: int) -> Style | None:
        row = self.rows[index]
        if not row.tinted:
            return None
        return self.ink.on_added if row.sign == "+" else self.ink.on_removed

    def width_changed(self, width: int) -> None:
        self._again()

    def watch_cursor(self, old: int, new: int) -> None:
        super().watch_cursor(old, new)
        if new < len(self.rows) and self.rows[new].kind == "finding":
            self.show_block(new)

    def search(self, words: str) -> int:
        """Marks the words, also in what is folded; the list of findings leaves the others out."""
        if words != self.query_text:
            self.query_text = words
            self._again()
        count = super().search(words)
        return sum(1 for row in self.rows if row.kind == "finding" and row.leads) or count

    # ------------------------------------------------------------------------------ what is shown

    def put(self, layout: Layout, digits: int, *, keep: bool) -> None:
        """Show what `layout` makes. `keep`: the same text in other words, stay at the same line."""
        self._layout, self.digits = layout, digits
        if keep:
            self._again()
            return
        self._left.clear()
        self._opened = frozenset()
        self._tab = FIRST
        self.shift = 0
        self._fill()
        self.lines_changed(0)
        self._entered = None
        self.scroll_to_row(0)

    def forget(self) -> None:
        """The rows of all tabs are about to be others: nobody comes back to one as it was."""
        self._left.clear()

    def turn(self, layout: Layout, name: str) -> None:
        """The same review as the tab `name` shows it, at the corresponding place.

        Whoever goes there and back without moving finds everything as it was.
        """
        place = self.place
        top = self.scroll_offset.y
        self._left[self._tab] = place, self.cursor, top
        above = self.cursor - top
        self._layout, self._tab, self.shift = layout, name, 0
        self._fill()
        left = self._left.get(name)
        if left is not None and left[0] is place:
            self._stand(left[1], left[2], place)
        else:
            self._open_at(place.line)
            at = find(self.rows, place)
            self._stand(at, at - above, place)

    def _stand(self, index: int, top: int, place: Place) -> None:
        self.lines_changed(index)
        self._entered = self.cursor, place
        self.scroll_to_row(top)
        self.show_block(self.cursor)

    @property
    def place(self) -> Place:
        """Where one is; as long as nobody moved, the place at which the tab was entered."""
        if self._entered is None or self.cursor != self._entered[0]:
            self._entered = self.cursor, place_at(self.rows, self.cursor)
        return self._entered[1]

    def go(self, place: Place) -> None:
        """Stand on the line of code of a place."""
        self._open_at(place.line)
        self.cursor = find(self.rows, Place(place.line))
        self.show_block(self.cursor)

    def _open_at(self, line: int) -> None:
        fold = folds.holding(self.rows, line)
        if fold is not None:
            self._opened |= {fold}
            self._fill()
            self.lines_changed()

    def _fill(self) -> None:
        """Make the rows; the cursor is not touched."""
        if not self.row_width:
            return
        self._laid_out = self._layout(self.row_width, self.query_text)
        # What is looked for may stand in a fold.
        keys = None if self.query_text else self._opened
        self.rows, self._inside = folds.opened(self._laid_out, keys)
        widest = max((len(row.text) for row in self.rows if row.kind == "code"), default=0)
        self._longest = widest + gutter_width(self.digits) + 1

    def _again(self) -> None:
        """Make the rows anew and stay where one was, at the same distance from the upper edge."""
        if not self.row_width:
            return
        line, below, finding = self._anchor()
        above = self.cursor - self.scroll_offset.y
        self._fill()
        at = self.cursor
        if line is not None:
            at = find(self.rows, Place(line, finding))
            while below and at + 1 < len(self.rows) and _follows(self.rows[at + 1]):
                at, below = at + 1, below - 1
        place = self._entered[1] if self._entered and self._entered[0] == self.cursor else None
        self.lines_changed(at)
        self._entered = (self.cursor, place) if place is not None else None
        self.scroll_to_row(self.cursor - above)
        if self.rows and self.rows[self.cursor].severity and 0 <= above < self.size.height:
            self.show_block(self.cursor)  # the note may have grown

    def _anchor(self) -> tuple[int | None, int, int | None]:
        """The nearest numbered row at or above the cursor: line, rows below it, and finding."""
        for below, row in enumerate(reversed(self.rows[: self.cursor + 1])):
            if row.number is not None and row.leads:
                return row.number, below, row.finding
        return None, 0, None

    # ------------------------------------------------------------------------------------- folds

    def action_fold(self) -> None:
        if not self.open_fold(self.cursor):
            self.close_fold(self.cursor)

    def open_fold(self, index: int) -> bool:
        """Opens the fold that this row is; False when it is none."""
        if index >= len(self.rows) or self.rows[index].kind != "fold":
            return False
        self._opened |= {folds.key(self.rows[index])}
        self._again()
        return True

    def close_fold(self, index: int) -> bool:
        """Closes the fold this row came from; False when it came from none."""
        fold = self._inside.get(index)
        if fold is None or self.query_text:
            return False
        self._opened -= {fold}
        self._fill()
        same = (
            at for at, row in enumerate(self.rows) if row.kind == "fold" and folds.key(row) == fold
        )
        self.lines_changed(next(same, self.cursor))
        self.show_row(self.cursor)
        return True

    def action_fold_all(self) -> None:
        every = {folds.key(row) for row in self._laid_out if row.kind == "fold"}
        self._opened = self._opened - every if every <= self._opened else self._opened | every
        self._again()

    def on_click(self, event: events.Click) -> None:
        super().on_click(event)
        index = self.scroll_offset.y + event.get_content_offset_capture(self).y
        if event.chain == 1:
            self.open_fold(index)

    # ------------------------------------------------------------------------------------- flags

    def file_line(self) -> int:
        """The line of the file at, or nearest above, the cursor; 1 in the head."""
        return max(1, place_at(self.rows, self.cursor).line)

    def next_flag(self, step: int) -> bool:
        """Go to the next (previous) flagged line, around the end, with its note in view."""
        flagged = [
            i for i, row in enumerate(self.rows) if row.severity is not None and row.leads
        ]  # fmt: skip
        if not flagged:
            return False
        if step > 0:
            at = next((i for i in flagged if i > self.cursor), flagged[0])
        else:
            at = next((i for i in reversed(flagged) if i < self.cursor), flagged[-1])
        self.cursor = at
        self.show_block(at, margin=1)
        return True

    def show_block(self, at: int, margin: int = 0) -> None:
        """Have a row and what belongs to it on the screen."""
        end = notes = at + 1
        # A statement of several lines has its note under the last of them.
        while self.rows[at].severity and notes < len(self.rows) and _goes_on(self.rows[notes]):
            notes += 1
        if notes < len(self.rows) and self.rows[notes].kind == "note":
            end = notes
        while end < len(self.rows) and _belongs(self.rows[end]):
            end += 1
        self.show_row(end - 1)
        self.show_row(at, margin=margin)


def _follows(row: Row) -> bool:
    """Whether a row has no place of its own, but that of one above it."""
    return row.number is None or not row.leads


def _goes_on(row: Row) -> bool:
    """Whether a row is code without a flag of its own."""
    return row.kind == "code" and row.severity is None


def _belongs(row: Row) -> bool:
    """Whether a row is further words of the one above it."""
    return row.kind == "note" or (row.kind == "finding" and not row.leads)

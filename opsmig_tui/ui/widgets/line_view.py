"""The base of every big list: one row a line, and only what is visible is ever painted."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from opsmig_tui.ui.theme import Inks, inks
from opsmig_tui.ui.widgets.paint import highlight, line, wrap

MOST_CACHED = 4_000
SHIFT = 8


class LineView(ScrollView, can_focus=True):
    """Rows of one line each, with a cursor, search, and sideways movement for long lines.

    A subclass says how many rows there are (`line_count`) and paints one (`render_row`); when its
    rows change it calls `lines_changed`. Painted rows are kept until then. 3,000 rows and more cost
    no more than those on the screen.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LineView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down", tooltip="Next line"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up", tooltip="Previous line"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page-up"),
        Binding("home,g", "to_edge(-1)", "First", show=False, id="list.first"),
        Binding("end,G", "to_edge(1)", "Last", show=False, id="list.last"),
        Binding("left,h", "shift(-1)", "Left", show=False, id="list.left"),
        Binding("right,l", "shift(1)", "Right", show=False, id="list.right"),
        Binding("enter", "choose", "Open", show=False, id="list.choose"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    shift: reactive[int] = reactive(0)
    hint: reactive[str] = reactive("")

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, view: LineView) -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> LineView:
            return self.view

    class Chosen(Message):
        """Enter, or a double click, on the row under the cursor."""

        def __init__(self, view: LineView, index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> LineView:
            return self.view

    def __init__(self, *, show_cursor: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self.show_cursor = show_cursor
        self.cursor_without_focus = True
        self.query_text = ""
        self.matches: list[int] = []
        self._painted: dict[tuple[int, int], Strip] = {}
        self._width = 0

    # ------------------------------------------------------------------ what a subclass provides

    @property
    def line_count(self) -> int:
        raise NotImplementedError

    def render_row(self, index: int, selected: bool, width: int) -> Strip:
        """The row, of any length; the view cuts it to `width` and puts the ground beneath."""
        raise NotImplementedError

    def row_text(self, index: int) -> str:
        """What `/` looks in."""
        return self.render_row(index, False, 1_000).text

    def selectable(self, index: int) -> bool:
        """Whether the cursor may stand here."""
        return True

    def fixed_cells(self, index: int) -> int:
        """Cells at the start of the row (a gutter) that do not move sideways."""
        return 0

    def ground(self, index: int) -> Style | None:
        """The row's own background."""
        return None

    @property
    def longest(self) -> int:
        """Cells of the longest row; 0 when rows fit themselves to the width."""
        return 0

    def width_changed(self, width: int) -> None:
        """Rows that are wrapped must be laid out anew."""

    # ------------------------------------------------------------------------------------ state

    @property
    def ink(self) -> Inks:
        return inks(self.app.current_theme.dark)

    @property
    def row_width(self) -> int:
        return self.scrollable_content_region.width

    def lines_changed(self, cursor: int | None = None) -> None:
        """The rows are others now. Keeps the cursor where it was, or moves it without a message."""
        self._painted.clear()
        count = self.line_count
        self.virtual_size = Size(self.row_width, count)
        wanted = self.cursor if cursor is None else cursor
        self.set_reactive(LineView.cursor, self._nearest(max(0, min(wanted, count - 1))))
        self._find_matches()
        self.refresh()

    def repaint(self) -> None:
        """Rows look different, but are as many as before."""
        self._painted.clear()
        self.refresh()

    def repaint_row(self, index: int) -> None:
        for state in range(3):
            self._painted.pop((index, state), None)
        self.refresh_line(index)

    def _nearest(self, index: int, step: int = 1) -> int:
        """The selectable row at or after (before) `index`, else the other way, else `index`."""
        for direction in (step, -step):
            at = index
            while 0 <= at < self.line_count:
                if self.selectable(at):
                    return at
                at += direction
        return index

    def watch_cursor(self, old: int, new: int) -> None:
        if old == new:
            return
        self.refresh_line(old)
        self.refresh_line(new)
        self.show_row(new)
        self.post_message(self.Moved(self))

    def show_row(self, index: int, margin: int = 0) -> None:
        """Scroll no further than needed for the row to be on the screen."""
        height = self.scrollable_content_region.height
        top = self.scroll_offset.y
        if index < top + margin:
            self.scroll_to_row(index - margin)
        elif index >= top + height - margin:
            self.scroll_to_row(index - height + 1 + margin)

    def scroll_to_row(self, top: int) -> None:
        """Put this row at the upper edge, as far as there are rows below it."""
        # Forced: rows that came just now have no scrollbar yet, and without one nothing scrolls.
        self.scroll_to(y=max(0, top), animate=False, force=True)

    def refresh_line(self, y: int) -> None:
        self.refresh(Region(0, y - self.scroll_offset.y, max(self.size.width, 1), 1))

    def watch_has_focus(self, focused: bool) -> None:
        super().watch_has_focus(focused)
        self.refresh_line(self.cursor)

    def notify_style_update(self) -> None:
        self._painted.clear()
        super().notify_style_update()

    def watch_show_vertical_scrollbar(self) -> None:
        # It comes and goes without a resize, and takes a column from the rows.
        self.on_resize()

    def on_resize(self) -> None:
        width = self.row_width
        if width != self._width:
            self._width = width
            self.width_changed(width)
            self.lines_changed()
        self.show_row(self.cursor)

    # ---------------------------------------------------------------------------------- painting

    def render_line(self, y: int) -> Strip:
        index = self.scroll_offset.y + y
        width = self.row_width
        base = self.rich_style
        if index >= self.line_count:
            return self._blank(y, width).apply_style(base)
        state = 0
        if self.show_cursor and index == self.cursor:
            state = 2 if self.has_focus else int(self.cursor_without_focus)
        strip = self._painted.get((index, state))
        if strip is None:
            if len(self._painted) >= MOST_CACHED:
                self._painted.clear()
            strip = self._paint(index, state, width).apply_style(base)
            self._painted[index, state] = strip
        return strip

    def _blank(self, y: int, width: int) -> Strip:
        text = ""
        if self.line_count == 0 and self.hint:
            lines = [part for one in self.hint.split("\n") for part in wrap(one, width - 2)]
            text = lines[y] if y < len(lines) else ""
        return line((" " + text, self.ink.dim)).adjust_cell_length(width)

    def _paint(self, index: int, state: int, width: int) -> Strip:
        strip = self.render_row(index, state > 0, width)
        if self.query_text:
            strip = highlight(strip, self.query_text, self.ink.on_match)
        if self.shift and self.longest:
            fixed = self.fixed_cells(index)
            strip = Strip.join([strip.crop(0, fixed), strip.crop(fixed + self.shift)])
        if strip.cell_length > width:
            strip = Strip.join([strip.crop(0, width - 1), line(("…", self.ink.faint))])
        strip = strip.adjust_cell_length(width)
        ink = self.ink
        grounds = (self.ground(index), ink.on_cursor_blurred, ink.on_cursor)
        ground = grounds[state]
        return strip.apply_style(ground) if ground is not None else strip

    def watch_shift(self) -> None:
        self._painted.clear()

    # ---------------------------------------------------------------------------------- movement

    def action_move(self, step: int) -> None:
        if not self.show_cursor:
            self.scroll_relative(y=step, animate=False)
            return
        at = self.cursor + step
        while 0 <= at < self.line_count and not self.selectable(at):
            at += step
        if 0 <= at < self.line_count:
            self.cursor = at
        else:
            # The rows before the first one that takes the cursor are a heading: show it.
            self.scroll_relative(y=step, animate=False)

    def action_page(self, step: int) -> None:
        height = max(1, self.scrollable_content_region.height - 1)
        if not self.show_cursor:
            self.scroll_relative(y=step * height, animate=False)
            return
        at = max(0, min(self.cursor + step * height, self.line_count - 1))
        self.cursor = self._nearest(at, step)

    def action_to_edge(self, side: int) -> None:
        if self.show_cursor and self.line_count:
            at = 0 if side < 0 else self.line_count - 1
            self.cursor = self._nearest(at, -side)
        self.scroll_to_row(0 if side < 0 else self.max_scroll_y)

    def action_shift(self, step: int) -> None:
        most = max(0, self.longest - self.row_width)
        self.shift = max(0, min(self.shift + step * SHIFT, most))

    def action_choose(self) -> None:
        if self.line_count:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        index = self.scroll_offset.y + event.get_content_offset_capture(self).y
        if not (self.show_cursor and index < self.line_count and self.selectable(index)):
            return
        self.cursor = index
        if event.chain == 2:
            self.action_choose()

    # ------------------------------------------------------------------------------------ search

    def search(self, words: str) -> int:
        """Mark every row that holds `words` and go to the next one; how many there are."""
        self.query_text = words
        self._find_matches()
        self.repaint()
        if self.matches and self.cursor not in self.matches:
            self.next_match(1)
        return len(self.matches)

    def _find_matches(self) -> None:
        needle = self.query_text.lower()
        self.matches = [
            index
            for index in range(self.line_count if needle else 0)
            if self.selectable(index) and needle in self.row_text(index).lower()
        ]

    def next_match(self, step: int) -> None:
        """The next (previous) match after the cursor, around the end."""
        if not self.matches:
            return
        if step > 0:
            after = [index for index in self.matches if index > self.cursor]
            self.cursor = after[0] if after else self.matches[0]
        else:
            before = [index for index in self.matches if index < self.cursor]
            self.cursor = before[-1] if before else self.matches[-1]

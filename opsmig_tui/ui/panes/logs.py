"""The log of the database's container, line by line, however fast they come."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, ClassVar

from rich.cells import chop_cells
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip

from opsmig_tui.ui.panes.base import Pane
from opsmig_tui.ui.widgets.following import FollowingView
from opsmig_tui.ui.widgets.paint import Part, line

if TYPE_CHECKING:
    from opsmig_tui.ui.widgets.search_bar import SearchBar
    from opsmig_tui.workspace.logs import LogBuffer, LogEntry
    from opsmig_tui.workspace.state import WorkspaceState

#: Between two looks at the buffer: one repaint, whatever came in between. Seconds.
BATCH = 0.05
#: More lines than that between two looks nobody reads: they are painted seldom, and keys go first.
FLOOD, FLOOD_BATCH = 200, 0.25
#: Rows kept. A wrapped line takes several.
MOST_ROWS = 20_000

# As PostgreSQL writes them (elog.h), and what most other programs say as well.
_SEVERITY = re.compile(r"\b(?:(ERROR|FATAL|PANIC)|WARNING):")

EMPTY = "Nothing was logged yet."

Row = tuple["LogEntry", str]


class LogList(FollowingView):
    """The lines that hold the filter's words, wrapped or cut at the edge.

    While one looks back nothing moves: lines that no longer fit in wait in the buffer (`newer`).
    """

    def __init__(self, buffer: LogBuffer) -> None:
        super().__init__(id="logs-list")
        self.buffer = buffer
        self.wrapped = True
        self.rows: list[Row] = []
        self._next = 0
        self._longest = 0

    @property
    def line_count(self) -> int:
        return len(self.rows)

    @property
    def longest(self) -> int:
        return 0 if self.wrapped else self._longest

    @property
    def newer(self) -> int:
        """Lines that came and are not among the rows."""
        return max(0, self.buffer.total - self._next)

    def row_text(self, index: int) -> str:
        return self.rows[index][1]

    def render_row(self, index: int, selected: bool, width: int) -> Strip:
        item, text = self.rows[index]
        return line((f" {text.expandtabs()}", self._ink_of(item)))

    def _ink_of(self, item: LogEntry) -> Style:
        """Looked for in what is painted, not in everything that comes."""
        if item.told:
            return self.ink.dim
        found = _SEVERITY.search(item.text)
        if found is None:
            return self.ink.text
        return self.ink.error if found[1] else self.ink.warning

    def width_changed(self, width: int) -> None:
        self.lay_out()

    def poll(self) -> bool:
        """Takes over what is new in the buffer; whether anything came."""
        if not self.newer:
            return False
        if not self.follow and len(self.rows) + self.newer > MOST_ROWS:
            return True
        fresh = self._rows(self._next)
        self._next = self.buffer.total
        if fresh:
            self.rows += fresh
            del self.rows[: max(0, len(self.rows) - MOST_ROWS)]
            self._longest = max(self._longest, *(len(text) for _, text in fresh))
            self.show_end()
        return True

    def lay_out(self) -> None:
        """Makes every row anew: for another width, filter, or way of wrapping."""
        kept = self.rows[self.cursor][0].number if self.cursor < len(self.rows) else 0
        self.rows = self._rows()
        self._next = self.buffer.total
        self._longest = max((len(text) for _, text in self.rows), default=0)
        self.show_end()
        if not self.follow:
            at = next((n for n, row in enumerate(self.rows) if row[0].number >= kept), 0)
            self.lines_changed(at)
            self.show_row(at)

    def _rows(self, since: int = 0) -> list[Row]:
        """The last rows of the lines from number `since` on. From the end: of a buffer of long
        lines no more is laid out than is kept."""
        needle, width = self.query_text.lower(), max(self.row_width - 1, 8)
        rows: list[Row] = []
        for item in reversed(self.buffer.lines):
            if item.number < since or len(rows) >= MOST_ROWS:
                break
            if needle and needle not in item.text.lower():
                continue
            if not self.wrapped or (len(item.text) <= width and item.text.isascii()):
                rows.append((item, item.text))
            else:
                rows += [(item, part) for part in reversed(_chopped(item.text, width))]
        rows.reverse()
        return rows[-MOST_ROWS:]

    def search(self, words: str) -> int:
        """`/` leaves only the lines that hold the words; how many there are."""
        self.query_text = words
        self.hint = f"No line holds “{words}”." if words else EMPTY
        self.lay_out()
        return len({row[0].number for row in self.rows})

    def _find_matches(self) -> None:
        """Every row is one: the others are left out."""

    def next_match(self, step: int) -> None:
        self.action_move(step)

    def go_to_end(self) -> None:
        self.follow = True
        if not self.poll():
            self.show_end()

    def action_to_edge(self, side: int) -> None:
        if side > 0:
            self.go_to_end()
        else:
            super().action_to_edge(side)

    def toggle_wrap(self) -> None:
        self.wrapped = not self.wrapped
        self.shift = 0
        self.lay_out()


def _chopped(text: str, width: int) -> list[str]:
    text = text.expandtabs()
    if text.isascii():
        return [text[at : at + width] for at in range(0, len(text), width)] or [""]
    return chop_cells(text, width) or [""]


class LogsPane(Pane):
    """Fills a screen of its own."""

    heading = "Log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "wrap", "wrap", id="logs.wrap",
                tooltip="Wrap long lines, or cut them at the edge"),
        Binding("f", "follow", "follow", id="logs.follow",
                tooltip="Go to the end and stay there"),
        Binding("slash", "search", "filter", key_display="/", id="logs.filter",
                tooltip="Show only the lines that hold some words"),
    ]  # fmt: skip

    def __init__(self, buffer: LogBuffer, *, id: str | None = "logs") -> None:
        self.list = LogList(buffer)
        super().__init__(self.list, id=id)
        self.about = ""
        self._polled = 0.0

    def on_mount(self) -> None:
        super().on_mount()
        self.list.hint = EMPTY
        self.set_interval(BATCH, self._poll)
        self.watch(self.list, "follow", self._retitle, init=False)

    def show(self, state: WorkspaceState) -> None:
        container = state.service_container
        about = f"  {container.name or container.service}  {container.state}" if container else ""
        if about != self.about:
            self.about = about
            self._retitle()

    def _poll(self) -> None:
        now = time.monotonic()
        if self.list.newer > FLOOD and now - self._polled < FLOOD_BATCH:
            return
        self._polled = now
        if self.list.poll():
            self._retitle()

    def _retitle(self) -> None:
        ink, rows = self.ink, self.list
        left: list[Part] = [(self.about, ink.text)]
        right: list[Part] = [("following", ink.applied)]
        if not rows.follow:
            newer = f"  {rows.newer:,} newer" if rows.newer else ""
            right = [(f"looking back{newer}  f follows", ink.warning)]
        kept = len(rows.buffer.lines)
        what = f"lines with “{rows.query_text}”" if rows.query_text else f"line{'s' * (kept != 1)}"
        foot: list[Part] = [(f"{kept:,} {what}" if not rows.query_text else what, ink.dim)]
        self.set_frame(left, right, foot)

    def restyle(self) -> None:
        self._retitle()
        super().restyle()

    def on_search_bar_changed(self, event: SearchBar.Changed) -> None:
        super().on_search_bar_changed(event)
        self._retitle()

    def action_unsearch(self) -> None:
        super().action_unsearch()
        self._retitle()

    def action_wrap(self) -> None:
        self.list.toggle_wrap()

    def action_follow(self) -> None:
        self.list.go_to_end()

    def copied(self) -> tuple[str, str]:
        """The whole line, also where only a part of it is on the row."""
        if not self.list.rows:
            return "", ""
        return self.list.rows[self.list.cursor][0].text, "line"

"""The output pane: what runs say, as it happens, and how far they are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip

from opsmig_tui.ui.messages import EditRequested, EndSessionRequested
from opsmig_tui.ui.panes import output_rows
from opsmig_tui.ui.panes.base import Pane
from opsmig_tui.ui.widgets.following import FollowingView
from opsmig_tui.ui.widgets.line_view import LineView
from opsmig_tui.ui.widgets.paint import Part, clean, cut, wrap

if TYPE_CHECKING:
    from opsmig_tui.workspace.output import OutputBuffer, OutputLine
    from opsmig_tui.workspace.state import RunView, WorkspaceState

#: Lines arrive in batches: one repaint a batch, whatever came in between. Seconds.
BATCH = 0.05
#: What is over by the time it is read is not worth an estimate. Milliseconds.
LEAST_LEFT = 2_000.0


class OutputList(FollowingView):
    """The buffer's lines, each one row unless opened; follows the end until one looks back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "whole line", show=False, id="output.open",
                tooltip="Show the whole line over several rows, and back"),
    ]  # fmt: skip

    def __init__(self, buffer: OutputBuffer) -> None:
        super().__init__(id="output-list")
        self.buffer = buffer
        self.opened: set[int] = set()
        # A line and which of its wrapped parts; ("", True) parts mean: all of it on one row.
        self.rows: list[tuple[OutputLine, str | None, bool]] = []
        self._began: dict[int, float] = {}
        self._version = -1
        self._longest = 0

    @property
    def line_count(self) -> int:
        return len(self.rows)

    @property
    def longest(self) -> int:
        return self._longest

    def fixed_cells(self, index: int) -> int:
        return output_rows.INDENT

    def row_text(self, index: int) -> str:
        item, part, _ = self.rows[index]
        return item.text if part is None else part

    def render_row(self, index: int, selected: bool, width: int) -> Strip:
        item, part, first = self.rows[index]
        if part is not None:
            return output_rows.paint_part(item, part, first, self.ink)
        began = self._began.get(item.number)
        running = (time.monotonic() - began) * 1_000 if began is not None else None
        # While shifted, the right-hand times would travel along: leave them out.
        return output_rows.paint(item, self.ink, 0 if self.shift else width, running)

    def width_changed(self, width: int) -> None:
        if self.opened:
            self._lay_out()

    def poll(self) -> bool:
        """Take over what is new in the buffer; whether anything was."""
        if self.buffer.version == self._version:
            self._tick()
            return False
        self._version = self.buffer.version
        self._lay_out()
        return True

    def _lay_out(self) -> None:
        lines = list(self.buffer.lines)
        now = time.monotonic()
        running = {item.number for item in lines[-200:] if item.state == "running"}
        self._began = {number: self._began.get(number, now) for number in running}
        if self.opened:
            self.rows = [row for item in lines for row in self._rows_of(item)]
        else:
            self.rows = [(item, None, True) for item in lines]
        self._longest = max((len(item.text) for item in lines[-500:]), default=0) + 4
        self.show_end()

    def _rows_of(self, item: OutputLine) -> list[tuple[OutputLine, str | None, bool]]:
        if item.number not in self.opened:
            return [(item, None, True)]
        parts = wrap(item.text, self.row_width - output_rows.INDENT - 1)
        return [(item, part, at == 0) for at, part in enumerate(parts)]

    def _tick(self) -> None:
        """Move the clock of what is running on; nothing else is painted."""
        if not self._began:
            return
        top = self.scroll_offset.y
        for index in range(top, min(top + self.size.height, len(self.rows))):
            if self.rows[index][0].state == "running":
                self.repaint_row(index)

    def toggle(self, index: int) -> None:
        item = self.rows[index][0]
        self.opened ^= {item.number}
        self.follow = False
        self._lay_out()
        at = next((i for i, row in enumerate(self.rows) if row[0].number == item.number), 0)
        self.lines_changed(at)


class OutputPane(Pane):
    """Pane 5. With the class `-collapsed` (set by the screen) only its title line is left."""

    number = 5
    heading = "Output"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit", show=False, id="output.edit",
                tooltip="Open the migration in $EDITOR at the line this came from"),
        Binding("exclamation_mark", "end_session", "end blocker", key_display="!",
                id="output.end-session",
                tooltip="Cancel or terminate the session whose lock the migration waits for"),
    ]  # fmt: skip

    def __init__(self, buffer: OutputBuffer, *, id: str | None = "output") -> None:
        self.list = OutputList(buffer)
        super().__init__(self.list, id=id)
        self._run: RunView | None = None

    def on_mount(self) -> None:
        super().on_mount()
        self.list.hint = "What runs say shows up here: statements, prints, notices, errors."
        self.set_interval(BATCH, self._poll)
        self.watch(self.list, "follow", self._retitle, init=False)

    def show(self, state: WorkspaceState) -> None:
        if self.is_news(state.run):
            before, self._run = self._run, state.run
            if state.run is not None and state.run.active and not (before and before.active):
                self.list.follow = True  # looking back was at the run before
            if _waits(before) != _waits(state.run):
                self.refresh_bindings()
            self._retitle()

    def _poll(self) -> None:
        if self.list.poll():
            self._retitle()

    def _retitle(self) -> None:
        run = self._run
        ink = self.ink
        left: list[Part] = []
        right: list[Part] = []
        if run is not None:
            left = [("  " + run.title, ink.text)]
            right = self._progress(run)
        last = self.list.rows[-1][0] if self.list.rows else None
        if self.has_class("-collapsed") and last is not None and (run is None or run.active):
            left = [(f"  {clean(cut(last.text, 60))}", output_rows.text_ink(last, ink))]
        foot: list[Part] = []
        if not self.list.follow and self.list.rows:
            foot = [("G follows the end", ink.dim)]
        self.set_frame(left, right, foot)

    def _progress(self, run: RunView) -> list[Part]:
        ink = self.ink
        if run.phase == "done":
            return [("✓ done", ink.applied)]
        if run.phase == "failed":
            return [("✖ failed", ink.error)]
        if run.phase in ("refused", "stopped", "cancelled"):
            return [(f"▲ {run.phase}", ink.warning)]
        parts: list[Part] = []
        if run.waiting is not None:
            waited = output_rows.duration(run.waiting.elapsed_ms)
            parts.append((f"waits for a lock {waited}  ", ink.warning))
        if run.phase == "cancelling":
            parts.append(("cancelling …  ", ink.warning))
        if run.left_ms is not None and run.left_ms >= LEAST_LEFT:
            left = output_rows.duration(run.left_ms)
            parts.append((f"about {left} left  ", ink.dim))
        if run.total:
            done = max(0, run.number - 1)
            parts.append((f"{run.number} of {run.total}  ", ink.strong))
            parts.append((output_rows.bar(done, run.total), ink.accent))
        return parts or [("running …", ink.accent)]

    def restyle(self) -> None:
        self._retitle()
        super().restyle()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self.list.toggle(event.index)

    def action_edit(self) -> None:
        if not self.list.rows:
            return
        item = self.list.rows[self.list.cursor][0]
        if item.file is not None:
            from pathlib import Path

            self.post_message(EditRequested(Path(item.file), item.line or 1))

    def action_end_session(self) -> None:
        self.post_message(EndSessionRequested())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """`!` is a key while a lock is waited for."""
        return action != "end_session" or _waits(self._run)

    def copied(self) -> tuple[str, str]:
        if not self.list.rows:
            return "", ""
        return self.list.rows[self.list.cursor][0].text, "line"


def _waits(run: RunView | None) -> bool:
    return run is not None and run.waiting is not None

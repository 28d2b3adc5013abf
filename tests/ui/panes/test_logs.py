"""The log's list while lines come, faster than anybody reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from opsmig_tui.ui.messages import CopyRequested
from opsmig_tui.ui.panes.logs import MOST_ROWS, LogsPane
from opsmig_tui.workspace.logs import LogBuffer
from tests.ui.dump import screen_text, until
from tests.ui.panes.host import Host


@dataclass
class Shown:
    app: Host
    pane: LogsPane
    buffer: LogBuffer
    pilot: Pilot[Any]

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def sees(self, text: str) -> None:
        await until(self.pilot, lambda: text in self.text)

    def log(self, *lines: str) -> None:
        self.buffer.add(lines)

    def flood(self, count: int, first: int = 0) -> None:
        self.log(*(f"line {number}" for number in range(first, first + count)))


@asynccontextmanager
async def shown(size: tuple[int, int] = (60, 12)) -> AsyncIterator[Shown]:
    buffer = LogBuffer()
    pane = LogsPane(buffer)
    app = Host(pane)
    async with app.run_test(size=size) as pilot:
        pane.focus()
        yield Shown(app, pane, buffer, pilot)


async def test_nothing_is_cut_off_when_the_scrollbar_comes() -> None:
    async with shown((40, 10)) as log:
        log.log("start " + "abcdefghij" * 9 + " end")
        await log.sees("start")
        log.flood(30)
        await log.sees("line 29")
        await log.pilot.press("g")
        await log.sees("start")
        assert "…" not in log.text


async def test_what_is_wrong_stands_out() -> None:
    async with shown() as log:
        log.log(
            "LOG:  ready", "ERROR:  no such table", "x FATAL: gone", "WARNING:  old", "TERROR: x"
        )
        log.buffer.add(["── db is exited (exit status 1)"], told=True)
        await log.sees("db is exited")
        ink = log.pane.ink
        assert [next(iter(log.pane.list.render_row(n, False, 60))).style for n in range(6)] == [
            ink.text, ink.error, ink.error, ink.warning, ink.text, ink.dim,
        ]  # fmt: skip


async def test_it_stays_at_the_end_and_keeps_so_many() -> None:
    async with shown() as log:
        await log.sees("Nothing was logged yet.")
        log.flood(MOST_ROWS + 500)
        await log.sees(f"line {MOST_ROWS + 499}")
        assert "following" in log.text
        log.flood(300, MOST_ROWS + 500)
        await log.sees(f"line {MOST_ROWS + 799}")
        assert len(log.pane.list.rows) == MOST_ROWS
        assert log.pane.list.rows[0][1] == "line 800"


async def test_looking_back_nothing_moves_however_much_comes() -> None:
    async with shown() as log:
        log.flood(MOST_ROWS)
        await log.sees(f"line {MOST_ROWS - 1}")
        await log.pilot.press("pageup")
        await log.sees("looking back")
        before = log.text.splitlines()[1:-2]
        log.flood(MOST_ROWS * 2, MOST_ROWS)
        await log.sees(f"{MOST_ROWS * 2:,} newer")
        assert log.text.splitlines()[1:-2] == before
        await log.pilot.press("G")
        await log.sees(f"line {MOST_ROWS * 3 - 1}")
        await log.sees("following")


async def test_while_there_is_room_lines_come_below_what_is_looked_at() -> None:
    async with shown() as log:
        log.flood(30)
        await log.sees("line 29")
        await log.pilot.press("g")
        await log.sees("looking back")
        log.flood(10, 30)
        await until(log.pilot, lambda: len(log.pane.list.rows) == 40)
        assert "line 0" in log.text
        await log.pilot.press("f")
        await log.sees("line 39")


async def test_a_filter_holds_for_what_comes_later_too() -> None:
    async with shown() as log:
        log.log("LOG:  one", "ERROR:  two", "LOG:  three")
        await log.sees("three")
        await log.pilot.press("slash", *"error")
        await until(log.pilot, lambda: "three" not in log.text)
        assert "1 match" in log.text
        log.log("LOG:  four", "ERROR:  five")
        await log.sees("five")
        assert "four" not in log.text
        await log.pilot.press("enter")
        assert "lines with “error”" in log.text
        await log.pilot.press("escape")
        await log.sees("four")


async def test_wide_and_long_lines_wrap_where_the_edge_is() -> None:
    async with shown((30, 12)) as log:
        long = "0123456789" * 6
        log.log(long, "漢字" * 20, "\ttab", "end")
        await log.sees("end")
        rows = [text for _, text in log.pane.list.rows]
        width = log.pane.list.row_width - 1
        assert "".join(rows[:3]) == long
        assert len(rows[0]) == width
        assert all(len(row) * 2 <= width for row in rows if row.startswith("漢"))
        await log.pilot.press("w")
        await until(log.pilot, lambda: len(log.pane.list.rows) == 4)
        await log.pilot.press("g", "right")
        await log.sees("890123")
        await log.pilot.press("w", "g", "j", "y")
        await log.pilot.pause()
        assert log.app.heard == [CopyRequested(long, "line")]


async def test_keys_stay_quick_in_a_flood() -> None:
    """What comes between two looks at the buffer costs one repaint, not one a line."""
    async with shown() as log:
        painted = 0
        render = log.pane.list.render_row

        def counted(index: int, selected: bool, width: int) -> Any:
            nonlocal painted
            painted += 1
            return render(index, selected, width)

        log.pane.list.render_row = counted  # type: ignore[method-assign]
        log.flood(10_000)
        await log.sees("line 9999")
        assert painted < 300

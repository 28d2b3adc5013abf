"""The output pane while a run fills its buffer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opsmig_tui.ui.messages import CopyRequested, EditRequested
from opsmig_tui.ui.panes.output import OutputPane
from opsmig_tui.ui.panes.output_rows import bar, duration
from opsmig_tui.workspace.output import OutputBuffer
from opsmig_tui.workspace.state import RunChanged, RunView, WorkspaceState
from tests.ui.dump import check_golden, screen_text, until
from tests.ui.panes.host import Host, after

RUN = RunView("upgrade to head", "alembic upgrade head", "running", 2, 3, "b8c9d0")


def fill(buffer: OutputBuffer) -> None:
    buffer.append("command", "alembic upgrade head")
    buffer.append("step", "7e35d1 → b8c9d0  add agreement currency", state="done", elapsed_ms=41)
    sql = "ALTER TABLE ops.agreement\n  ADD COLUMN currency VARCHAR(3)"
    buffer.append("sql", " ".join(sql.split()), state="done", elapsed_ms=0.4)
    buffer.append("sql", "UPDATE ops.agreement SET currency = $1", state="done", elapsed_ms=1412,
                  rows=1204)  # fmt: skip
    buffer.append("print", "backfilling 1204 rows")
    buffer.append("log", "INFO alembic.runtime.migration: Running upgrade")
    buffer.append("notice", "NOTICE: table x does not exist, skipping")
    buffer.append("warning", "The index is not valid.")
    buffer.append(
        "sql", "CREATE INDEX ix ON ops.agreement (currency)", state="failed", elapsed_ms=3
    )
    buffer.append("error", "relation ix already exists", file="/x/rev.py", line=27)
    buffer.append("success", "The database stands at b8c9d0.")


async def test_kinds_of_lines(history_state: WorkspaceState) -> None:
    buffer = OutputBuffer()
    app = Host(OutputPane(buffer))
    async with app.run_test(size=(80, 14)) as pilot:
        fill(buffer)
        app.give(after(history_state, RunChanged(RUN)))
        await until(pilot, lambda: "stands at" in screen_text(app))
        await check_golden(pilot, "output")


async def test_idle_says_what_it_is_for() -> None:
    app = Host(OutputPane(OutputBuffer()))
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        assert "What runs say shows up here" in screen_text(app)


async def test_follows_the_end_until_one_looks_back() -> None:
    buffer = OutputBuffer()
    pane = OutputPane(buffer)
    app = Host(pane)
    async with app.run_test(size=(60, 12)) as pilot:
        for number in range(50):
            buffer.append("print", f"line {number}")
        await until(pilot, lambda: "line 49" in screen_text(app))
        pane.focus()
        await pilot.press(*"kkkkkkkkkkkkkkk")
        buffer.append("print", "line 50")
        await until(pilot, lambda: pane.list.line_count == 51)
        assert "line 50" not in screen_text(app)
        assert "G follows the end" in screen_text(app)
        await pilot.press("G")
        buffer.append("print", "line 51")
        await until(pilot, lambda: "line 51" in screen_text(app))


async def test_a_new_run_is_followed_whatever_was_looked_at_before(state: WorkspaceState) -> None:
    buffer = OutputBuffer()
    pane = OutputPane(buffer)
    app = Host(pane)
    async with app.run_test(size=(60, 12)) as pilot:
        for number in range(50):
            buffer.append("print", f"line {number}")
        await until(pilot, lambda: "line 49" in screen_text(app))
        pane.focus()
        await pilot.press("g")
        await until(pilot, lambda: not pane.list.follow)
        app.give(after(state, RunChanged(RUN)))
        buffer.append("command", "alembic upgrade head")
        await until(pilot, lambda: "alembic upgrade head" in screen_text(app))


async def test_a_running_statement_shows_its_time_and_then_its_result() -> None:
    buffer = OutputBuffer()
    app = Host(OutputPane(buffer))
    async with app.run_test(size=(60, 8)) as pilot:
        line = buffer.append("sql", "SELECT pg_sleep(9)", state="running")
        await until(pilot, lambda: "▶ SELECT pg_sleep(9)" in screen_text(app))
        await until(pilot, lambda: " ms … " in screen_text(app))
        buffer.replace(line.number, state="done", elapsed_ms=61_000, rows=1)
        await until(pilot, lambda: "1 row  1 min 01 s" in screen_text(app))
        assert "▶" not in screen_text(app)


async def test_enter_opens_a_long_line_and_closes_it() -> None:
    buffer = OutputBuffer()
    pane = OutputPane(buffer)
    app = Host(pane)
    async with app.run_test(size=(40, 12)) as pilot:
        words = " ".join(f"word{n}" for n in range(20))
        buffer.append("sql", words, state="done", elapsed_ms=5)
        await until(pilot, lambda: pane.list.line_count == 1)
        assert "word19" not in screen_text(app)
        pane.focus()
        await pilot.press("enter")
        await pilot.pause()
        assert "word19" in screen_text(app)
        await pilot.press("y", "enter")
        await pilot.pause()
        assert "word19" not in screen_text(app)
        assert app.heard == [CopyRequested(words, "line")]


async def test_e_opens_the_migration_where_it_failed() -> None:
    buffer = OutputBuffer()
    pane = OutputPane(buffer)
    app = Host(pane)
    async with app.run_test(size=(60, 8)) as pilot:
        pane.focus()
        await pilot.press("e", "y", "enter")
        assert app.heard == []
        buffer.append("error", "it broke", file="/x/rev.py", line=27)
        await until(pilot, lambda: pane.list.line_count == 1)
        await pilot.press("e")
        await pilot.pause()
        (message,) = app.heard
        assert isinstance(message, EditRequested)
        assert (str(message.path), message.line) == ("/x/rev.py", 27)


async def test_how_a_run_ended_is_in_the_title(history_state: WorkspaceState) -> None:
    app = Host(OutputPane(OutputBuffer()))
    async with app.run_test(size=(60, 6)) as pilot:
        for phase, shown in (
            ("running", "2 of 3  ▰▱▱"),
            ("cancelling", "cancelling …  2 of 3  ▰▱▱"),
            ("cancelled", "▲ cancelled"),
            ("failed", "✖ failed"),
            ("refused", "▲ refused"),
            ("stopped", "▲ stopped"),
            ("done", "✓ done"),
        ):
            app.give(after(history_state, RunChanged(replace(RUN, phase=phase))))
            await pilot.pause()
            assert shown in screen_text(app).splitlines()[0]


async def test_collapsed_to_its_title() -> None:
    buffer = OutputBuffer()
    pane = OutputPane(buffer)
    app = Host(pane)
    async with app.run_test(size=(60, 8)) as pilot:
        pane.add_class("-collapsed")
        buffer.append("success", "The database stands at b8c9d0.")
        await until(pilot, lambda: "stands at b8c9d0" in screen_text(app))
        assert screen_text(app).rstrip().count("\n") == 0


async def test_the_buffer_forgets_its_oldest_lines() -> None:
    buffer = OutputBuffer(most=10)
    pane = OutputPane(buffer)
    app = Host(pane)
    async with app.run_test(size=(40, 8)) as pilot:
        for number in range(100):
            buffer.append("print", f"line {number}")
        await until(pilot, lambda: "line 99" in screen_text(app))
        pane.focus()
        await pilot.press("g")
        await pilot.pause()
        assert "line 90" in screen_text(app)
        buffer.clear()
        await until(pilot, lambda: pane.list.line_count == 0)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0.4, "<1 ms"), (12, "12 ms"), (999.4, "999 ms"), (1412, "1.4 s"), (185_000, "3 min 05 s")],
)
def test_durations(milliseconds: float, text: str) -> None:
    assert duration(milliseconds) == text


def test_the_bar_has_a_block_a_step_or_a_share() -> None:
    assert bar(1, 3) == "▰▱▱"
    assert bar(0, 2) == "▱▱"
    assert bar(45, 89) == "▰▰▰▰▰▰▱▱▱▱▱▱"

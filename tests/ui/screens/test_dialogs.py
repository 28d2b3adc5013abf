"""The other dialogs, each alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.widgets import OptionList

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Candidates
from opsmig_tui.ui.screens.choose import ChooseApp
from opsmig_tui.ui.screens.command_log import CommandLogScreen
from opsmig_tui.ui.screens.failure import FailureScreen, as_text
from opsmig_tui.ui.screens.report import ReportScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.worker.protocol import Failed
from opsmig_tui.workspace.state import LoggedCommand
from opsmig_tui.workspace.test import Leg, TestReport
from tests.ui.dump import screen_text, until
from tests.ui.screens.host import DialogHost

FAILED = Failed(
    kind="database",
    message='column "channel" contains null values',
    detail="Failing row contains (1, null).",
    hint="Give it a default.",
    sqlstate="23502",
    statement="ALTER TABLE work_order ADD COLUMN channel VARCHAR NOT NULL",
    file="/project/versions/b8c9d0_channel.py",
    line=66,
    traceback="Traceback (most recent call last):\n  boom",
    committed=("a1",),
    rolled_back=("b8c9d0",),
    current=("a1",),
    kept=("CREATE TABLE kept (id integer)",),
    invalid=(("ix_kept", "kept"),),
)


async def test_a_failure_says_everything_and_folds_the_traceback() -> None:
    app = DialogHost(FailureScreen(FAILED))
    async with app.run_test(size=(90, 40)) as pilot:
        await until(pilot, lambda: "The database refused" in screen_text(app))
        text = screen_text(app)
        for said in (
            FAILED.message,
            FAILED.detail,
            FAILED.hint,
            FAILED.statement,
            "/project/versions/b8c9d0_channel.py:66",
            "23502",
            "committed    a1",
            "rolled back  b8c9d0",
            "stays        CREATE TABLE kept (id integer)",
            "before the next run undo what stays",
            "left invalid index ix_kept on kept; DROP INDEX CONCURRENTLY ix_kept removes it",
            "stands at    a1",
        ):
            assert said in text
        assert "boom" not in text
        await pilot.press("t")
        await until(pilot, lambda: "boom" in screen_text(app))


async def test_a_failure_can_be_retried_edited_and_copied() -> None:
    app = DialogHost(FailureScreen(FAILED))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen is app.dialog)
        await pilot.press("e", "y")
        await until(pilot, lambda: app.copied and app.edits)
        assert app.copied == [as_text(FAILED)]
        assert app.edits == [("/project/versions/b8c9d0_channel.py", 66)]
        await pilot.press("r")
        await until(pilot, lambda: app.result is True)


async def test_a_failure_closes_without_a_retry() -> None:
    app = DialogHost(FailureScreen(Failed("project", "boom")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen is app.dialog)
        await pilot.press("enter")
        await until(pilot, lambda: app.result is None)


async def test_the_command_log_copies_the_selected_command() -> None:
    log = (LoggedCommand("10:00:00", "alembic current"), LoggedCommand("10:00:01", "git status"))
    app = DialogHost(CommandLogScreen(log))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, OptionList))
        await pilot.press("y", "k", "y")
        await until(pilot, lambda: app.copied == ["git status", "alembic current"])
        await pilot.press("at")
        await until(pilot, lambda: app.result is None)


async def test_an_empty_command_log_says_so() -> None:
    app = DialogHost(CommandLogScreen(()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Nothing was done yet." in screen_text(app))


async def test_the_report_of_a_test() -> None:
    legs = (Leg("upgrade", True, 12.0), Leg("downgrade", False, 3.0, "boom; at: x.py:3"))
    app = DialogHost(ReportScreen(TestReport("b8c9d0", legs)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Test of b8c9d0: failed" in screen_text(app))
        assert "✓ upgrade" in screen_text(app)
        assert "✖ downgrade" in screen_text(app)
        assert "boom; at: x.py:3" in screen_text(app)


async def test_choosing_a_configuration(tmp_path: Path) -> None:
    paths = (tmp_path / "one" / "alembic.ini", tmp_path / "two" / "alembic.ini")
    app = ChooseApp(Candidates(paths))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, OptionList))
        assert "2 alembic configurations were found." in screen_text(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.return_value == paths[1])


async def test_leaving_the_choice(tmp_path: Path) -> None:
    app = ChooseApp(Candidates((tmp_path / "alembic.ini",)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, OptionList))
        await pilot.press("escape")
    assert app.return_value is None


async def test_a_quick_answer_shows_no_box() -> None:
    async def quick() -> int:
        return 7

    app = ChooseApp(Candidates(()))
    async with app.run_test(size=(80, 24)):
        before = app.screen
        assert await waiting(app, "asking …", quick()) == 7
        assert app.screen is before


async def test_a_wait_can_be_given_up() -> None:
    app = ChooseApp(Candidates(()))
    async with app.run_test(size=(80, 24)) as pilot:
        forever = asyncio.get_running_loop().create_future()

        async def wait() -> None:
            await forever

        waits = asyncio.ensure_future(waiting(app, "asking alembic …", wait()))
        await until(pilot, lambda: "asking alembic …" in screen_text(app))
        await pilot.press("escape")
        with pytest.raises(OpsmigError, match="Given up: asking alembic"):
            await waits
        assert forever.cancelled()

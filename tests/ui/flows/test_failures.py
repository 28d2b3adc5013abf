"""A defect of ours never breaks the screen: one line, and a file with the traceback."""

from __future__ import annotations

from pathlib import Path

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.ui.screens.failure import FailureScreen
from tests.ui.flows.conftest import Opener, opener


async def test_a_defect_in_the_background_becomes_a_line_and_a_file(
    bare: Opener, isolated_environment: Path
) -> None:
    async def defect() -> None:
        password = "never-written"
        raise ZeroDivisionError(f"{len(password)} / 0")

    async with bare() as driver:
        driver.app.start(defect, group="test")
        await driver.told("opsmig stumbled: ZeroDivisionError. The details are in ")
        await driver.press("4")
        await driver.until(lambda: driver.main.board.review.has_focus_within)
    (log,) = isolated_environment.rglob("crash-*.log")
    assert "ZeroDivisionError: 13 / 0" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


async def test_what_a_person_can_mend_is_told_with_its_hint(bare: Opener) -> None:
    async def refuse() -> None:
        raise OpsmigError("It [b]cannot[/b] be.", hint="Do this.")

    async with bare() as driver:
        driver.app.start(refuse, group="test")
        await driver.told("It [b]cannot[/b] be.\nDo this.")


async def test_an_env_py_that_fails_has_a_page_with_a_retry(sample_files: Path) -> None:
    env = sample_files / "backend" / "alembic" / "env.py"
    sound = env.read_text()
    env.write_text("input('Which tenant? ')\n")
    async with opener(sample_files / "backend")() as driver:
        await driver.until(lambda: driver.state.status.phase == "failed")
        await driver.press("1", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, FailureScreen))
        for text in (
            "EOFError: EOF when reading a line", "take the value from -x", "alembic/env.py:1",
            "history, git and the review of the text go on without it",
        ):  # fmt: skip
            assert text in driver.text
        env.write_text(sound)
        await driver.press("r")
        # The database of these files is nowhere: another error than env.py's.
        await driver.until(
            lambda: (
                (failure := driver.state.status.failure) is not None
                and failure.kind == "connection"
            )
        )
        await driver.until(lambda: driver.state.drift.phase == "failed")
        await driver.until(lambda: driver.state.git.phase == "ready")

"""A defect of ours never breaks the screen: one line, and a file with the traceback."""

from __future__ import annotations

from pathlib import Path

from opsmig_tui.project.errors import OpsmigError
from tests.ui.flows.conftest import Opener


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

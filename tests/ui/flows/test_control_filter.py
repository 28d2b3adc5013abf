"""Nothing that a revision file holds steers the terminal, whatever shows it."""

from __future__ import annotations

from pathlib import Path

from opsmig_tui.project.plain import STEERING
from tests.ui.flows.conftest import Driver, Opener
from tests.workspace.conftest import write_revision

NASTY = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202e"


def steers(driver: Driver) -> list[str]:
    """The texts on their way to the terminal that hold such a character."""
    strips = driver.app.screen._compositor.render_strips()
    return [s.text for strip in strips for s in strip if STEERING.search(s.text) and not s.control]


async def test_titles_and_dialogs_hold_no_control_characters(
    opened: Opener, versions: Path
) -> None:
    path = write_revision(versions)
    path.write_text(path.read_text().replace("test 0a0a0a0a0a0a", f"a {NASTY} test"))
    async with opened() as driver:
        await driver.position()
        await driver.press("2", "g", "enter")
        await driver.sees("4 Review  a ")
        assert not steers(driver)
        await driver.press("2", "u")
        await driver.confirm()
        await driver.sees("0a0a0a0a0a0a  a ")
        assert not steers(driver)

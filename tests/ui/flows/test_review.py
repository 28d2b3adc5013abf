"""The review on the whole screen: exports, rows, and what may not be done."""

from __future__ import annotations

from pathlib import Path

from opsmig_tui.demo import SampleProject
from opsmig_tui.ui.screens.ask import AskScreen
from tests.ui.flows.conftest import Driver, Opener


async def asked(driver: Driver) -> AskScreen:
    """The dialog that asks for a line of text takes keys."""
    await driver.until(lambda: isinstance(driver.app.screen, AskScreen))
    found = driver.app.screen
    assert isinstance(found, AskScreen)
    await driver.until(lambda: driver.app.focused and driver.app.focused.id == "message")
    return found


async def test_the_review_is_exported_and_never_over_another_file(
    opened: Opener, sample: SampleProject
) -> None:
    async with opened() as driver:
        await driver.until(lambda: driver.main.board.review.review is not None)
        await driver.app.run_action("export_picture", driver.main)
        await asked(driver)
        await driver.press("enter")
        written = sample.root / "review-a7c3f15d8e92.svg"
        await driver.until(written.exists)
        assert written.read_text().startswith("<svg")
        await driver.back()
        await driver.app.run_action("export_picture", driver.main)
        dialog = await asked(driver)
        assert dialog.text == str(written.with_name("review-a7c3f15d8e92-1.svg"))
        await driver.press("home", *["delete"] * len(dialog.text), *str(written))
        await driver.press("enter")
        await driver.sees("exists already")
        await driver.press("escape")
        await driver.back()
        assert not list(Path(sample.root).glob("*-1.svg"))


async def test_nothing_is_written_in_read_only_mode(opened: Opener, sample: SampleProject) -> None:
    async with opened(read_only=True) as driver:
        await driver.until(lambda: driver.main.board.review.review is not None)
        await driver.app.run_action("export_picture", driver.main)
        await driver.told("Read-only")
        assert driver.app.screen is driver.main

"""The review on the whole screen: exports, rows, and what may not be done."""

from __future__ import annotations

from pathlib import Path

from opsmig_tui.demo import SampleProject
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.diff import DiffScreen
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
        driver.app.clear_notifications()
        await driver.app.run_action("fix_all", driver.main)
        await driver.told("Read-only")
        assert driver.app.screen is driver.main


LOCKING = """\
from alembic import op

revision = "c0ffee"
down_revision = "a7c3f15d8e92"


def upgrade():
    op.create_index("ix_vendor_name", "vendor", ["name"], schema="ops")


def downgrade():
    op.drop_index("ix_vendor_name", "vendor", schema="ops")
"""


async def reviewed(driver: Driver, path: Path) -> None:
    """The file's review is complete and has the keyboard at its first warning."""
    pane = driver.main.board.review
    path.write_text(LOCKING)
    driver.main.board.go("review")
    driver.main.review(path)
    await driver.until(lambda: pane.review is not None and pane.review.path == path)
    await driver.until(lambda: pane.review and pane.review.rendered is not None)
    while not any(
        one.rule == "index-not-concurrent" and one.line == pane.list.file_line()
        for one in (pane.review.findings if pane.review else ())
    ):
        await driver.press("right_square_bracket")


async def diff_of(driver: Driver) -> DiffScreen:
    await driver.until(lambda: isinstance(driver.app.screen, DiffScreen))
    found = driver.app.screen
    assert isinstance(found, DiffScreen)
    await driver.until(lambda: not found.deaf)
    return found


async def test_a_flag_is_fixed_ignored_and_all_of_it_taken_back(
    opened: Opener, versions: Path
) -> None:
    path = versions / "c0ffee_index_vendors.py"
    async with opened() as driver:
        await reviewed(driver, path)
        await driver.press("f")
        await diff_of(driver)
        assert "postgresql_concurrently" in driver.text
        await driver.press("n")
        await driver.back()
        assert path.read_text() == LOCKING

        await driver.press("f")
        await diff_of(driver)
        await driver.press("y")
        await driver.until(lambda: "postgresql_concurrently=True" in path.read_text())
        await driver.back()
        pane = driver.main.board.review
        await driver.until(
            lambda: (
                pane.review
                and "index-not-concurrent" not in {one.rule for one in pane.review.findings}
            )
        )
        fixed = path.read_text()

        await driver.press("right_square_bracket", "i")
        await asked(driver)
        await driver.press(*"small", "enter")
        await diff_of(driver)
        await driver.press("y")
        await driver.until(lambda: "# opsmig: ignore[" in path.read_text())
        assert "] small\n" in path.read_text()
        await driver.until(lambda: pane.review and pane.review.suppressed)
        await driver.back()

        await driver.press("z")
        await driver.until(lambda: path.read_text() == fixed)
        await driver.press("z")
        await driver.until(lambda: path.read_text() == LOCKING)
        await driver.press("z")
        await driver.told("There is nothing to undo.")


async def test_a_file_that_changed_meanwhile_is_left_alone_and_read_again(
    opened: Opener, versions: Path
) -> None:
    path = versions / "c0ffee_index_vendors.py"
    async with opened() as driver:
        await reviewed(driver, path)
        await driver.press("f")
        await diff_of(driver)
        theirs = LOCKING.replace("ix_vendor_name", "ix_vendor_names")
        path.write_text(theirs)
        await driver.press("y")
        await driver.told("changed on disk meanwhile: nothing was written")
        assert path.read_text() == theirs
        await driver.back()
        await driver.sees("ix_vendor_names")


async def test_all_is_fixed_from_the_palette(opened: Opener, versions: Path) -> None:
    path = versions / "c0ffee_index_vendors.py"
    async with opened() as driver:
        await reviewed(driver, path)
        await driver.app.run_action("fix_all", driver.main)
        await diff_of(driver)
        await driver.press("y")
        await driver.until(lambda: "postgresql_concurrently=True" in path.read_text())

"""The main screen: first frame, trust, read-only, sizes, help, palette, mouse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.command import CommandPalette

from opsmig_tui.project.preferences import load_preferences
from opsmig_tui.project.trust import is_app_allowed, is_trusted, trust
from opsmig_tui.ui.screens.layout import PANES
from opsmig_tui.ui.screens.trust import AppScreen, TrustScreen
from tests.ui.flows.conftest import Opener, opener
from tests.workspace.conftest import opened as opened_project


async def test_the_whole_state_arrives(opened: Opener) -> None:
    async with opened() as driver:
        await driver.position()
        await driver.sees("feature/vendor-onboarding")
        await driver.sees("7e35d1a8c0f2 ○ 2 pending")
        await driver.sees("drift")
        await driver.sees("4 Review  add work order priority")


async def test_untrusted_asks_and_goes_on_without(opened: Opener) -> None:
    async with opened(trusted=False) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, TrustScreen))
        await driver.until(lambda: not driver.app.screen.deaf)
        await driver.press("n")
        await driver.back()
        await driver.sees("not trusted")
        await driver.press("u")
        await driver.until(lambda: isinstance(driver.app.screen, TrustScreen))
        await driver.until(lambda: not driver.app.screen.deaf)
        await driver.press("escape")
        await driver.back()
        assert driver.state.status.value is None
        assert driver.state.git.value is not None


async def test_trust_is_remembered(opened: Opener, sample: object) -> None:
    async with opened(trusted=False) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, TrustScreen))
        await driver.until(lambda: not driver.app.screen.deaf)
        await driver.press("y")
        await driver.position()
        project = driver.state.project
        assert is_trusted(project.repository or project.root)
        await driver.press("t")
        await driver.told("This project is trusted already.")


async def test_a_flask_app_takes_a_yes_of_its_own(sample_files: Path) -> None:
    """The Python is gone, so that nothing of it runs."""
    found = opened_project(sample_files / "backend")
    config = replace(found.config, flask_app="shop:create_app()")
    assert found.repository is not None
    trust(found.repository)
    gone = {"interpreter": None, "python": "/nowhere/python", "config": config}
    async with opener(found.root, **gone)(trusted=False) as driver:
        for key, trusted in (("n", False), ("y", True)):
            await driver.sees("not trusted: t")
            await driver.press("t")
            await driver.until(lambda: isinstance(driver.app.screen, AppScreen))
            await driver.until(lambda: not driver.app.screen.deaf)
            await driver.sees("loading the Flask app shop:create_app(), which may do anything when")
            await driver.press(key)
            await driver.back()
            assert driver.state.trusted is trusted
        assert is_app_allowed(config.path, "shop:create_app()")


async def test_read_only_refuses_with_a_word(opened: Opener) -> None:
    async with opened(read_only=True) as driver:
        await driver.sees("READ-ONLY")
        await driver.position()
        await driver.press("5")
        for key in "cud":
            driver.app.clear_notifications()
            await driver.press(key)
            await driver.told("Read-only: opened with --read-only")
            assert driver.app.screen is driver.main
        await driver.press("2", "e")
        await driver.told("Read-only: an editor could change the file.")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 24), (120, 40), (200, 60)])
async def test_every_pane_can_be_reached_and_seen(bare: Opener, size: tuple[int, int]) -> None:
    async with bare(size=size) as driver:
        for number, name in enumerate(PANES, start=1):
            await driver.press(str(number))
            pane = driver.main.board.panes[name]
            await driver.until(lambda pane=pane: pane.has_focus_within and pane.size.height >= 3)
            assert driver.main.region.contains_region(pane.region)


@pytest.mark.parametrize("size", [(20, 8), (10, 4), (1, 1)])
async def test_tiny_terminals_do_not_break_it(bare: Opener, size: tuple[int, int]) -> None:
    async with bare(size=size) as driver:
        for key in ("1", "2", "3", "4", "5", "plus", "question_mark", "escape", "plus", "j"):
            await driver.press(key)
        await driver.press("at", "escape", "ctrl+p", "escape")
        await driver.pilot.resize_terminal(120, 40)
        await driver.sees("2 History")


async def test_resizing_folds_and_unfolds(bare: Opener) -> None:
    async with bare() as driver:
        board = driver.main.board
        await driver.pilot.resize_terminal(80, 24)
        await driver.until(lambda: board.review.size.height <= 1)
        assert board.history.size.height > 10
        await driver.press("4")
        await driver.until(lambda: board.review.size.height > 10)
        await driver.pilot.resize_terminal(120, 40)
        await driver.until(lambda: board.history.size.height > 5 and board.review.size.height > 10)


async def test_zoom_and_back(bare: Opener) -> None:
    async with bare() as driver:
        await driver.press("3", "plus")
        await driver.until(lambda: not driver.main.board.review.display)
        assert driver.main.board.changes.size.width > 100
        await driver.press("1")
        await driver.until(lambda: driver.main.board.database.size.width > 100)
        await driver.press("escape")
        await driver.until(lambda: driver.main.board.review.display)


async def test_help_shows_the_keys_of_the_focused_pane(bare: Opener) -> None:
    async with bare() as driver:
        await driver.press("2", "question_mark")
        await driver.sees("Keys: History")
        await driver.sees("Only the revisions that are new on this branch")
        await driver.sees("Create a revision from the models")
        await driver.press("escape")
        await driver.back()


async def test_the_palette_lists_actions_and_says_why_not(bare: Opener) -> None:
    async with bare(read_only=True) as driver:
        await driver.press("ctrl+p")
        await driver.until(lambda: isinstance(driver.app.screen, CommandPalette))
        await driver.sees("Upgrade to head")
        await driver.sees("Not now: Read-only")


async def test_the_theme_is_remembered(bare: Opener) -> None:
    async with bare() as driver:
        await driver.press("ctrl+p")
        await driver.until(lambda: isinstance(driver.app.screen, CommandPalette))
        await driver.press(*"Theme: light")
        await driver.sees("Use opsmig-light")
        await driver.press("enter")
        await driver.until(lambda: driver.app.theme == "opsmig-light")
    assert load_preferences().theme == "opsmig-light"
    async with bare() as driver:
        assert driver.app.theme == "opsmig-light"


async def test_it_begins_in_the_pane_it_was_left_in(bare: Opener) -> None:
    async with bare() as driver:
        await driver.press("3", "q")
        await driver.until(lambda: not driver.app.is_running)
    async with bare() as driver:
        await driver.until(lambda: driver.main.board.changes.has_focus_within)
    async with bare(size=(80, 24)) as driver:
        await driver.sees("add work order priority")
        assert driver.main.board.history.has_focus_within


async def test_the_mouse_focuses_folded_panes_and_presses_the_footer(bare: Opener) -> None:
    async with bare(size=(80, 24)) as driver:
        await driver.sees("4 Review")
        await driver.pilot.click("#review", offset=(5, 0))
        await driver.until(lambda: driver.main.board.review.has_focus_within)
        column = driver.text.splitlines()[-1].index("? help")
        await driver.pilot.click("#footer", offset=(column, 0))
        await driver.sees("Keys: Review")


async def test_the_command_log_has_what_was_asked(opened: Opener) -> None:
    async with opened() as driver:
        await driver.position()
        await driver.press("at")
        await driver.sees("alembic c")


async def test_a_saved_revision_is_reviewed_again(opened: Opener, versions: Path) -> None:
    async with opened() as driver:
        await driver.position()
        (path,) = versions.glob("*a7c3f15d8e92*.py")
        await driver.until(lambda: driver.main.shown == path.resolve())
        path.write_text(path.read_text().replace('"""add work order', '"""rewritten work order'))
        await driver.sees("rewritten work order")

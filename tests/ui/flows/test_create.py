"""Creating from the screen: pre-flight with its offers, message, review, keep or discard, test."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.ui.screens.create import CreateScreen
from opsmig_tui.ui.screens.report import ReportScreen
from tests.conftest import Sql
from tests.ui.flows.conftest import Driver, Opener

HEAD = "a7c3f15d8e92"


async def dialog(driver: Driver) -> CreateScreen:
    """The dialog, with its pre-flight done."""
    await driver.until(lambda: isinstance(driver.app.screen, CreateScreen))
    found = driver.app.screen
    assert isinstance(found, CreateScreen)
    await driver.until(
        lambda: found.checks and not any(c.state == "running" for c in found.checks.values())
    )
    return found


async def upgrade_first(driver: Driver) -> None:
    """What the dialog offers at the sample's start, with two pending revisions."""
    await driver.press("c")
    found = await dialog(driver)
    await driver.until(lambda: found.query_one("#offer-upgrade").display and not found.deaf)
    assert not found.ready
    await driver.sees("2 pending revisions must be applied first")
    await driver.press("u")
    await driver.agree()
    await driver.until(lambda: driver.app.screen is not found)


async def create(driver: Driver) -> None:
    """From the open dialog to the question under the review."""
    await driver.until(lambda: isinstance(driver.app.screen, CreateScreen))
    found = await dialog(driver)
    await driver.until(lambda: found.ready)
    await driver.press(*"on_board")
    await driver.until(lambda: found.plan_of_message)
    await driver.press("enter")
    await driver.sees("Looks right?")


def files(versions: Path) -> set[str]:
    return {path.name for path in versions.glob("*.py")}


async def test_create_review_discard(opened: Opener, versions: Path, sql: Sql) -> None:
    before = files(versions)
    async with opened() as driver:
        await driver.position()
        await upgrade_first(driver)
        await create(driver)
        (new,) = files(versions) - before
        assert new.endswith("_on_board.py")
        assert driver.main.board.focused == "review"
        pane = driver.main.board.review
        await driver.until(lambda: pane.review is not None and pane.review.path.name == new)
        with (versions / new).open("a") as file:
            file.write("# mended by hand\n")
        await driver.press("x")
        await driver.sees("changed since it was generated")
        await driver.press("n")
        await driver.sees("Looks right?")
        assert new in files(versions)
        await driver.press("x")
        await driver.sees("changed since it was generated")
        await driver.press("y")
        await driver.told(f"Discarded {new}.")
    assert files(versions) == before
    assert sql("SELECT version_num FROM alembic_version") == [(HEAD,)]


@pytest.mark.usefixtures("at_head")
async def test_the_name_is_there_at_once_and_alembics_own_in_the_end(opened: Opener) -> None:
    async with opened() as driver:
        await driver.position()
        await driver.press("c")
        found = await dialog(driver)
        await driver.until(lambda: found.ready)
        await driver.press(*"abc")
        await driver.sees("_abc.py")
        await driver.until(lambda: found.plan_of_message)
        plan = found.plan_of_message
        assert plan is not None
        await driver.sees(f"→ {plan.file_name}")
        await driver.sees("ops.agreement")
        await driver.sees("+ add column nick_name")
        await driver.press("escape")
        await driver.back()


@pytest.mark.usefixtures("at_head")
async def test_keep_then_a_test_that_fails_says_where(opened: Opener, versions: Path) -> None:
    """The sample's first generated migration adds a NOT NULL column to a table with rows."""
    async with opened() as driver:
        await driver.position()
        await driver.press("c")
        await create(driver)
        await driver.press("k")
        await driver.sees("Kept. Test")
        await driver.press("y")
        question = await driver.confirm()
        assert question.confirmation.typed
        await driver.agree()
        await driver.until(lambda: isinstance(driver.app.screen, ReportScreen))
        await driver.sees("✖ upgrade")
        await driver.sees("contains null values")


@pytest.mark.usefixtures("at_head")
async def test_an_editor_that_is_not_there_leaves_the_question(
    opened: Opener, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor")
    before = files(versions)
    async with opened() as driver:
        await driver.position()
        await driver.press("c")
        await create(driver)
        await driver.press("e")
        await driver.told("no-such-editor")
        await driver.sees("Looks right?")
        await driver.press("x")
        await driver.told("Discarded")
    assert files(versions) == before


@pytest.mark.usefixtures("at_head")
async def test_later_leaves_the_file(opened: Opener, versions: Path) -> None:
    before = files(versions)
    async with opened() as driver:
        await driver.position()
        await driver.press("c")
        await create(driver)
        await driver.press("k")
        await driver.sees("Kept. Test")
        await driver.press("n")
        await driver.until(lambda: not driver.main.job)
    assert len(files(versions) - before) == 1


@pytest.mark.usefixtures("at_head")
async def test_k_is_a_key_of_the_list_again_once_nothing_is_asked(opened: Opener) -> None:
    async with opened() as driver:
        await driver.position()
        await driver.press("c")
        await create(driver)
        await driver.press("escape")
        await driver.until(lambda: not driver.main.job)
        assert "Looks right?" not in driver.text
        cursor = driver.main.board.review.list
        await driver.press("j", "j")
        at = cursor.cursor
        await driver.press("k")
        await driver.until(lambda: cursor.cursor == at - 1)

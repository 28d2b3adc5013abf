"""Two heads on the whole screen: moved with one undo, merged through alembic."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from opsmig_tui.ui.flows.edit import look_again
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.ui.screens.diff import DiffScreen
from opsmig_tui.ui.screens.heads import HeadsScreen
from tests.ui.flows.conftest import Driver, Opener
from tests.workspace.conftest import HEAD, write_revision

MINE, THEIRS = "0a0a0a0a0a0a", "0b0b0b0b0b0b"
COLUMN = 'op.add_column("vendor", sa.Column("{0}", sa.Text), schema="ops")'
BACK = 'op.drop_column("vendor", "{0}", schema="ops")'


def forked(versions: Path) -> Path:
    """Theirs is on the base branch, mine (returned) is not committed; both add to one table."""
    root = versions.parent.parent.parent

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)

    write_revision(versions, THEIRS, upgrade=COLUMN.format("y"), downgrade=BACK.format("y"))
    git("add", ".")
    git("commit", "-qm", "theirs")
    git("branch", "-M", "main")
    return write_revision(versions, MINE, upgrade=COLUMN.format("x"), downgrade=BACK.format("x"))


async def up(driver: Driver, kind: type[Dialog[object]]) -> None:
    """A dialog of this kind is up and takes keys."""
    await driver.until(lambda: isinstance(driver.app.screen, kind) and not driver.app.screen.deaf)


async def test_moved_with_one_undo(bare: Opener, sample_files: Path) -> None:
    path = forked(sample_files / "backend" / "alembic" / "versions")
    before = path.read_text()
    async with bare(size=(80, 24)) as driver:
        await driver.until(lambda: driver.state.git.value is not None)
        await driver.press("m")
        await up(driver, HeadsScreen)
        dialog = driver.app.screen
        assert isinstance(dialog, HeadsScreen)
        await driver.sees("Both touch ops.vendor: the order matters.")
        await driver.sees(f"2  Move {MINE} on top of {THEIRS}")
        await driver.press("ctrl+o")
        await driver.sees("[x] date moved ones as of now")
        await driver.press("ctrl+o", "2")
        await up(driver, DiffScreen)
        assert path.name in driver.text
        assert path.read_text() == before
        await driver.press("y")
        await driver.back()
        await driver.told("z takes it back")
        assert f'down_revision = "{THEIRS}"' in path.read_text()
        view = driver.state.history.value
        assert view is not None
        assert view.history.heads == (MINE,)
        await driver.until(lambda: not driver.main.job)
        await driver.press("2", "m")
        await driver.told("There is one head")
        await driver.press("z")
        await driver.told("Taken back: Moves 1 revision")
        assert path.read_text() == before
        view = driver.state.history.value
        assert view is not None
        path.write_text(before.replace(f'= "{HEAD}"', '= "lost"'))
        look_again(driver.app, view.history)
        await driver.told(f"{MINE} names 'lost' as its down_revision, which no file has")


async def test_read_only_shows_the_heads_and_why_nothing_is_done(
    bare: Opener, sample_files: Path
) -> None:
    forked(sample_files / "backend" / "alembic" / "versions")
    async with bare(read_only=True) as driver:
        await driver.press("m")
        await up(driver, HeadsScreen)
        await driver.press("1")
        await driver.told("Read-only")
        assert isinstance(driver.app.screen, HeadsScreen)


@pytest.mark.usefixtures("at_head")
async def test_merged_rehearsed_and_built_upon(opened: Opener, versions: Path) -> None:
    forked(versions)
    before = set(versions.glob("*.py"))
    async with opened() as driver:
        await driver.position()
        await driver.press("m")
        await up(driver, HeadsScreen)
        await driver.press("1")
        await driver.until(lambda: isinstance(driver.app.screen, AskScreen))
        await driver.until(lambda: driver.app.focused and driver.app.focused.id == "message")
        await driver.press("enter")
        await up(driver, DiffScreen)
        await driver.sees("$ alembic merge -m")
        await driver.press("y")
        await driver.until(lambda: driver.state.rehearsal is not None)
        (made,) = set(versions.glob("*.py")) - before
        assert "merge_" in made.name
        rehearsal = driver.state.rehearsal
        assert rehearsal is not None
        assert all(leg.outcome == "ok" for leg in rehearsal.result.legs)
        await driver.until(lambda: not driver.main.job)
        await driver.app.run_action("upgrade_sql", driver.main)
        await driver.until(lambda: isinstance(driver.app.screen, AskScreen))
        await driver.until(lambda: driver.app.focused and driver.app.focused.id == "message")
        await driver.press("enter")
        script = versions.parent.parent.parent / f"upgrade-{HEAD}.sql"
        await driver.until(script.exists)
        assert "ALTER TABLE ops.vendor ADD COLUMN x TEXT" in script.read_text()
        await driver.until(lambda: not driver.main.job)
        await driver.app.run_action("empty_revision", driver.main)
        await driver.until(lambda: isinstance(driver.app.screen, AskScreen))
        await driver.until(lambda: driver.app.focused and driver.app.focused.id == "message")
        await driver.press(*"by hand", "enter")
        await up(driver, DiffScreen)
        await driver.sees("$ alembic revision -m 'by hand'")
        await driver.press("y")
        await driver.sees("Looks right?")
        (empty,) = versions.glob("*_by_hand.py")
        assert f"Revises: {made.name[16:28]}" in empty.read_text()


async def test_a_revision_is_renamed_from_the_palette(bare: Opener, sample_files: Path) -> None:
    versions = sample_files / "backend" / "alembic" / "versions"
    async with bare() as driver:
        await driver.press("g")
        selected = driver.main.board.history.selected_path
        assert selected is not None
        await driver.app.run_action("rename", driver.main)
        await driver.until(lambda: isinstance(driver.app.screen, AskScreen))
        await driver.until(lambda: driver.app.focused and driver.app.focused.id == "message")
        await driver.press("home", *"New: ", "enter")
        await up(driver, DiffScreen)
        await driver.sees("becomes")
        await driver.press("y")
        await driver.until(lambda: not selected.exists())
        (made,) = versions.glob("*_new_*.py")
        assert made.read_text().startswith('"""New: ')
        await driver.until(lambda: not driver.main.job)
        await driver.press("2", "z")
        await driver.until(selected.exists)
        assert not made.exists()

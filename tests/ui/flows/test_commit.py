"""From the Changes pane into a commit: staged with space, refused by a hook, committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from opsmig_tui.ui.panes.changes import ChangesPane
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.diff import DiffScreen
from tests.ui.flows.conftest import Driver, Opener
from tests.ui.flows.test_heads import up
from tests.workspace.conftest import write_revision


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


async def message_and_yes(driver: Driver, offered: str) -> None:
    await driver.app.run_action("commit", driver.main)
    await up(driver, AskScreen)
    assert isinstance(driver.app.screen, AskScreen)
    assert driver.app.screen.text == offered
    await driver.until(
        lambda: driver.app.focused is not None and driver.app.focused.id == "message"
    )
    await driver.press("enter")
    await up(driver, DiffScreen)
    await driver.sees("Commits 2 staged files on")
    await driver.press("y")
    await driver.back()


async def test_staged_refused_by_a_hook_and_committed(bare: Opener, sample_files: Path) -> None:
    git(sample_files, "config", "user.name", "Test")
    git(sample_files, "config", "user.email", "test@example.org")
    versions = sample_files / "backend" / "alembic" / "versions"
    path = write_revision(versions, "c0ffee00c0ff")
    hook = sample_files / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho line 7 is too long\nexit 1\n")
    hook.chmod(0o755)
    async with bare(size=(100, 30)) as driver:
        pane = driver.main.board.changes
        assert isinstance(pane, ChangesPane)
        await driver.press("3")
        await driver.until(lambda: any(row.path == path for row in pane.list.rows))
        at = next(at for at, row in enumerate(pane.list.rows) if row.path == path)
        pane.list.cursor = at
        await driver.press("space")
        await driver.until(lambda: pane.list.rows[at].mark == "staged")
        await driver.until(lambda: driver.state.git.phase == "ready")
        await message_and_yes(driver, "Test c0ffee00c0ff")
        await driver.sees("line 7 is too long")
        await driver.until(lambda: not driver.main.job)
        assert git(sample_files, "log", "-1", "--format=%s") != "Test c0ffee00c0ff"
        hook.write_text("#!/bin/sh\n")
        await message_and_yes(driver, "Test c0ffee00c0ff")
        await driver.sees("committed ")
        assert git(sample_files, "log", "-1", "--format=%s") == "Test c0ffee00c0ff"
        await driver.until(lambda: path not in {row.path for row in pane.list.rows})


async def test_read_only_says_why_nothing_is_staged(bare: Opener) -> None:
    async with bare(read_only=True) as driver:
        await driver.until(lambda: driver.state.git.value is not None)
        await driver.press("3", "space")
        await driver.told("Read-only")

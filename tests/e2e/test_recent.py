"""From one project to another in a real terminal, and back to the last one from anywhere."""

from __future__ import annotations

from pathlib import Path

from opsmig_tui.project.recent import remember_project
from tests.e2e.terminal import running
from tests.e2e.test_demo import OPSMIG
from tests.project.test_recent import made


def test_the_last_project_is_offered_and_another_switched_to(tmp_path: Path) -> None:
    for name in ("warehouse", "bookshop"):
        remember_project(made(tmp_path / name))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with running([OPSMIG, "--read-only"], elsewhere, {}, (100, 30)) as terminal:
        terminal.sees("one that was open before?")
        terminal.press("enter")
        terminal.sees("· bookshop ─")
        terminal.press("\x10")
        terminal.type("switch")
        terminal.sees("Switch to warehouse")
        terminal.press("enter")
        terminal.sees("· warehouse ─")
        terminal.sees("READ-ONLY")
        terminal.press("q")
        assert terminal.ends() == 0

"""The whole job in a real terminal, as a newcomer does it: `opsmig demo`."""

from __future__ import annotations

import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import PATIENCE_SECONDS, Terminal, running

SLOW = '''"""wait

Revision ID: c0ffee000003
Revises: {head}
"""
from alembic import op

revision = "c0ffee000003"
down_revision = "{head}"


def upgrade():
    op.execute("SELECT pg_sleep(300)")


def downgrade():
    pass
'''
HEAD = "a7c3f15d8e92"
OPSMIG = str(Path(sys.executable).with_name("opsmig"))
# What a terminal is told on the way in and must be told again on the way out.
ALTERNATE_SCREEN = (b"\x1b[?1049h", b"\x1b[?1049l")
CURSOR_SHOWN = b"\x1b[?25h"
MOUSE = (b"\x1b[?1000h", b"\x1b[?1000l")


@pytest.fixture
def kept() -> Iterator[Path]:
    """Not below pytest's own folder: as root, the server's own user must be able to come here."""
    folder = Path(tempfile.mkdtemp(prefix="opsmig-e2e-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def terminal(kept: Path, isolated_environment: Path) -> Iterator[Terminal]:
    """The demo, past its start, with the position of its database on the screen."""
    command = [OPSMIG, "demo", "--keep", str(kept)]
    with running(command, kept.parent, {}, (120, 40)) as shown:
        shown.sees("2 History")
        shown.sees("2 pending")
        shown.sees("drift")
        yield shown


def press_until(terminal: Terminal, key: str, condition: Callable[[], object]) -> None:
    """Dialogs take no key in their first 300 ms, and one flow waits for the end of another:
    presses again, as a person would."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not terminal.soon(condition):
        assert time.monotonic() < end, f"{key} did nothing\n{terminal.text}"
        terminal.press(key)


def agree(terminal: Terminal) -> None:
    """Says yes, typing what is asked for."""
    terminal.sees("No, go back")
    wanted = re.search(r"Type (\S+) \(", terminal.text)
    end = time.monotonic() + PATIENCE_SECONDS
    while not terminal.soon(lambda: "No, go back" not in terminal.text):
        assert time.monotonic() < end, f"it takes no yes\n{terminal.text}"
        if wanted is not None:
            terminal.press("ctrl+u")
            terminal.type(wanted.group(1))
        terminal.press("y")


def test_the_whole_job(terminal: Terminal, kept: Path) -> None:
    versions = kept / "field-ops" / "backend" / "alembic" / "versions"
    before = set(versions.glob("*.py"))

    # Create: the database is behind, so first upgrade.
    terminal.press("c")
    terminal.sees("Upgrade to head first")
    press_until(terminal, "u", lambda: "alembic upgrade head" in terminal.text)
    agree(terminal)
    terminal.sees("What does it change?")
    terminal.type("vendor onboarding")
    terminal.sees("_vendor_onboarding.py")
    terminal.press("enter")

    # Review what was generated: the hazards are flagged, the file is thrown away.
    terminal.sees("Looks right?")
    (new,) = set(versions.glob("*.py")) - before
    terminal.sees("✖")
    terminal.press("]")
    terminal.press("x")
    terminal.misses("Looks right?")
    terminal.until(lambda: not new.exists(), "the end of the file")

    # Upgrade a slow revision, and cancel it.
    slow = versions / "2030_01_01_0000-c0ffee000003_wait.py"
    slow.write_text(SLOW.format(head=HEAD))
    terminal.sees("1 pending")
    terminal.press("5")
    press_until(terminal, "u", lambda: "No, go back" in terminal.text)
    agree(terminal)
    terminal.sees("^c cancel")
    terminal.sees("SELECT pg_sleep(300)")
    terminal.press("ctrl+c")
    terminal.sees("▲ cancelled")
    terminal.misses("^c cancel")

    # A small terminal, and every pane in it.
    terminal.resize(80, 24)
    for number, name in enumerate(("Database", "History", "Changes", "Review", "Output"), start=1):
        terminal.press(str(number))
        terminal.sees(f"╭─ {number} {name}")

    # Help, and out.
    terminal.press("?")
    terminal.sees("Keys: Output")
    terminal.press("escape")
    terminal.misses("Keys: Output")
    terminal.press("q")
    assert terminal.ends() == 0
    assert terminal.mode() == terminal.mode_before
    for on, off in (ALTERNATE_SCREEN, MOUSE):
        assert terminal.raw.rindex(off) > terminal.raw.rindex(on)
    assert CURSOR_SHOWN in terminal.raw[terminal.raw.rindex(ALTERNATE_SCREEN[1]) - 200 :]
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_asked_to_end_it_gives_everything_back(
    terminal: Terminal, kept: Path, number: signal.Signals
) -> None:
    terminal.process.send_signal(number)
    assert terminal.ends() == 128 + number
    assert terminal.mode() == terminal.mode_before
    on, off = ALTERNATE_SCREEN
    assert terminal.raw.rindex(off) > terminal.raw.rindex(on)
    assert not list((kept / "postgres").glob("**/postmaster.pid"))


def test_editing_hands_the_terminal_over_and_takes_it_back(kept: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "editing $*"\nread answer\n')
    editor.chmod(0o755)
    command = [OPSMIG, "demo", "--keep", str(kept)]
    with running(command, tmp_path, {"EDITOR": str(editor)}, (120, 40)) as terminal:
        terminal.sees("2 History")
        terminal.sees("2 pending")
        terminal.press("2", "e")
        terminal.sees("editing ")
        terminal.press("enter")
        terminal.sees("2 History")
        terminal.press("q")
        assert terminal.ends() == 0


def test_a_terminal_that_closes_while_an_editor_has_it_ends_the_program(
    sample_files: Path, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "editing $*"\nexec sleep 1000\n')
    editor.chmod(0o755)
    environment = {"EDITOR": str(editor)}
    with running([OPSMIG], sample_files / "backend", environment, (120, 40)) as terminal:
        terminal.sees("2 History")
        terminal.press("2", "e")
        terminal.sees("editing ")
        terminal.close()
        assert terminal.process.wait(timeout=30) == 128 + signal.SIGHUP

"""Handing the terminal to another program, and taking it back."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.ui.app import OpsmigApp


def hand_over(
    app: OpsmigApp,
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    *,
    wait_when_failed: bool = False,
) -> None:
    """Runs a program on the terminal and returns when it has ended; the screen stands still.

    `wait_when_failed`: what it said last is read before the screen covers it. Raises OpsmigError
    when it failed, and where the terminal cannot be handed over.
    """
    run = app.workspace.state.run
    if run is not None and run.active:
        raise OpsmigError(f"{run.title} is running: the screen cannot be left now.")
    app.workspace.log_command(shlex.join(command))
    try:
        with app.suspend(), _deaf():
            status = subprocess.call(command, cwd=folder, env={**os.environ, **(environment or {})})
            if status != 0 and wait_when_failed:
                _wait_for_enter(command[0], status)
    except SuspendNotSupported as error:
        raise OpsmigError(f"This terminal cannot be handed to {command[0]}.") from error
    except OSError as error:
        raise OpsmigError(f"{command[0]} could not be started: {error.strerror}.") from error
    if status != 0:
        raise OpsmigError(f"{Path(command[0]).name} ended with status {status}.")


@contextmanager
def _deaf() -> Iterator[None]:
    """ctrl+c is for the program that has the terminal. (A handler, for that one is not inherited:
    an ignored signal would be.)"""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _wait_for_enter(program: str, status: int) -> None:
    print(f"\n{program} ended with status {status}. Enter returns to opsmig.", end=" ", flush=True)
    try:
        input()
    except EOFError:  # ctrl+d returns as well
        return

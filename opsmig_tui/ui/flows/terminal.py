"""Handing the terminal to another program, and taking it back."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.ui.app import OpsmigApp

ENDING = (signal.SIGTERM, signal.SIGHUP)


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
        with app.suspend():
            status = _run(command, folder, {**os.environ, **(environment or {})})
            if status != 0 and wait_when_failed:
                _wait_for_enter(command[0], status)
    except SuspendNotSupported as error:
        raise OpsmigError(f"This terminal cannot be handed to {command[0]}.") from error
    except OSError as error:
        raise OpsmigError(f"{command[0]} could not be started: {error.strerror}.") from error
    if status != 0:
        raise OpsmigError(f"{Path(command[0]).name} ended with status {status}.")


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
    """The exit status. ctrl+c is for the program that has the terminal; asked to end ourselves, we
    end that first, and the event loop, which stands still, hears of it afterwards."""
    process: subprocess.Popen[bytes] | None = None
    asked = False

    def end(*_: Any) -> None:
        nonlocal asked
        asked = True
        if process is not None:
            process.terminate()

    # Handlers, for these are not inherited: a signal that is ignored would be.
    handlers: dict[int, Any] = {signal.SIGINT: lambda *_: None, **dict.fromkeys(ENDING, end)}
    before = {number: signal.signal(number, found) for number, found in handlers.items()}
    try:
        with subprocess.Popen(command, cwd=folder, env=environment) as process:
            if asked:  # while it was being started
                process.terminate()
            while True:
                # Not one long wait: a signal that another thread takes would not wake it, and the
                # handlers run on this one.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(timeout=1)
    finally:
        for number, found in before.items():
            signal.signal(number, found)


def _wait_for_enter(program: str, status: int) -> None:
    print(f"\n{program} ended with status {status}. Enter returns to opsmig.", end=" ", flush=True)
    try:
        input()
    except EOFError:  # ctrl+d returns as well
        return

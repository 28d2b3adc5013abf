"""Handing the terminal to $EDITOR."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.editor import editor_command

if TYPE_CHECKING:
    from opsmig_tui.ui.app import OpsmigApp


def edit(app: OpsmigApp, path: Path, line: int) -> None:
    """Opens the file and returns when the editor has ended; the screen stands still meanwhile.

    Raises OpsmigError when there is no editor, when it failed, and where a change is not allowed.
    """
    state = app.workspace.state
    if state.read_only:
        raise OpsmigError("Read-only: an editor could change the file.")
    if state.run is not None and state.run.active:
        raise OpsmigError(f"{state.run.title} is running: the screen cannot be left now.")
    command = editor_command(path, line, os.environ)
    app.workspace.log_command(shlex.join(command))
    try:
        with app.suspend():
            status = subprocess.call(command, cwd=state.project.root)
    except SuspendNotSupported as error:
        raise OpsmigError("This terminal cannot be handed to an editor.") from error
    if status != 0:
        raise OpsmigError(f"{command[0]} ended with status {status}.")

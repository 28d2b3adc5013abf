"""Handing the terminal to $EDITOR."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.editor import editor_command
from opsmig_tui.ui.flows.terminal import hand_over

if TYPE_CHECKING:
    from opsmig_tui.ui.app import OpsmigApp


def edit(app: OpsmigApp, path: Path, line: int) -> None:
    """Opens the file and returns when the editor has ended.

    Raises OpsmigError when there is no editor, when it failed, and where a change is not allowed.
    """
    state = app.workspace.state
    if state.read_only:
        raise OpsmigError("Read-only: an editor could change the file.")
    hand_over(app, editor_command(path, line, os.environ), state.project.root)

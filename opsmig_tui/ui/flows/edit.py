"""Handing the terminal to $EDITOR."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.editor import editor_command
from opsmig_tui.ui.flows.terminal import hand_over

if TYPE_CHECKING:
    from opsmig_tui.history.model import History
    from opsmig_tui.ui.app import OpsmigApp


def edit(app: OpsmigApp, path: Path, line: int) -> None:
    """Opens the file and returns when the editor has ended. What it broke in the chain of revisions
    is told at once.

    Raises OpsmigError when there is no editor, when it failed, and where a change is not allowed.
    """
    state = app.workspace.state
    if state.read_only:
        raise OpsmigError("Read-only: an editor could change the file.")
    before = state.history.value
    hand_over(app, editor_command(path, line, os.environ), state.project.root)
    if before is not None and any(item.path == path for item in before.history.revisions):
        look_again(app, before.history)


def look_again(app: OpsmigApp, before: History) -> None:
    """Reads the revisions anew, and tells what is wrong with the chain since."""
    app.workspace.read_history(saved=True)
    view = app.workspace.state.history.value
    for problem in view.history.worse_than(before) if view is not None else ():
        app.notify(problem.message, severity="error", markup=False)

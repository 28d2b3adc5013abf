"""Refusals that every use case shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.trust import missing_yes

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


def refuse_when_read_only(workspace: Workspace, what: str) -> None:
    """Raises OpsmigError in read-only mode. `what` completes "cannot …"."""
    if workspace.state.read_only:
        raise OpsmigError(
            f"Read-only: cannot {what}.", hint="Open the project without --read-only to do it."
        )


def refuse_while_running(workspace: Workspace) -> None:
    """Raises OpsmigError while a run is under way: one at a time."""
    run = workspace.state.run
    if run is not None and run.active:
        raise OpsmigError(f"{run.title} is still running.", hint="ctrl+c cancels it.")


def refuse_when_untrusted(workspace: Workspace, what: str) -> None:
    """Raises OpsmigError when the project's code may not run yet."""
    if not workspace.state.trusted:
        if missing_yes(workspace.project) == "app":
            app = workspace.project.config.flask_app or "that is not named"
            raise OpsmigError(
                f"The Flask app {app} was not allowed to be loaded yet; to {what} takes it.",
                hint="Press t to allow it.",
            )
        raise OpsmigError(
            f"This project is not trusted yet: to {what}, its own code (env.py, the models) runs.",
            hint="Press t to trust it.",
        )


def why_not_asked(workspace: Workspace) -> str:
    """Which yes is missing where the project's code may not run yet, in a few words; else ""."""
    if workspace.state.trusted:
        return ""
    if missing_yes(workspace.project) == "app":
        return "its Flask app was not allowed to be loaded yet"
    return "this project is not trusted yet"

"""The yes that a Flask app takes before it is loaded, on the command line."""

from __future__ import annotations

from opsmig_tui.cli.questions import at_terminal, confirm
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.flask_app import nothing_found
from opsmig_tui.project.model import Project
from opsmig_tui.project.trust import allow_app


async def agree(project: Project) -> None:
    """Asks, and remembers a yes. Raises OpsmigError for a no, and where there is nobody to ask."""
    app = project.config.flask_app
    if not app:
        raise OpsmigError(nothing_found(project.root))
    what = f"loading the Flask app {app}, which may do anything when it is created"
    static = "History and review of the files do without."
    if not at_terminal():
        raise OpsmigError(
            f"This takes {what}, and it was not allowed yet.",
            hint=f"--load-app allows it, this once. {static}",
        )
    if not await confirm(f"This takes {what}. Remember that it may?"):
        raise OpsmigError(f"Without its app nothing was asked or changed. {static}")
    allow_app(project.config.path, app)

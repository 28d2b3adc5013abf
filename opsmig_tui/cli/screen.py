"""Opening the screen: on a project, or on the sample."""

from __future__ import annotations

from pathlib import Path

import click

from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import check_settings, guarded
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Candidates, OpenOptions


def open_screen(options: OpenOptions) -> int:
    """Opens the UI; several configurations found are a choice there. Returns the exit status."""
    from dataclasses import replace

    from opsmig_tui.project.open import open_project
    from opsmig_tui.project.trust import is_trusted
    from opsmig_tui.ui.first_frame import first_frame
    from opsmig_tui.workspace.workspace import Workspace

    opened = open_project(options, run_tools=False)
    if isinstance(opened, Candidates):
        from opsmig_tui.ui.app import choose

        chosen = choose(opened)
        if chosen is None:
            return 0
        opened = open_project(replace(options, config=chosen), run_tools=False)
        assert not isinstance(opened, Candidates)
    check_settings(opened)
    trusted = opened.is_sample or is_trusted(opened.repository or opened.root)
    workspace = Workspace(opened, trusted=trusted)
    workspace.read_history()
    with first_frame(opened.name, workspace.state.history.value):
        # This is what takes long: Textual.
        from opsmig_tui.ui.app import OpsmigApp, run_app

        app = OpsmigApp(workspace)
    return run_app(app)


@click.command()
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Make the sample in DIR and leave it there; an existing one is opened again.",
)
@click.option("--read-only", is_flag=True, help="Change no file, container or database.")
@click.pass_context
def demo(context: click.Context, keep: Path | None, read_only: bool) -> None:
    """Open the screen on a sample project with a running PostgreSQL."""
    outer = context.find_root().obj or {}
    read_only = read_only or bool(outer.get("read_only"))
    context.exit(guarded(lambda: _demo(keep, read_only)))


def _demo(keep: Path | None, read_only: bool) -> int:
    import sys

    from opsmig_tui.demo import sample

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise OpsmigError("The demo needs a terminal: it opens the screen.")
    say("Making the sample project and starting its PostgreSQL …")
    with sample(keep) as project:
        status = open_screen(OpenOptions(directory=project.backend, read_only=read_only))
    if keep is not None:
        say(f"Kept in {keep}. To open it again: opsmig demo --keep {keep}")
    return status

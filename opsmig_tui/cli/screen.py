"""Opening the screen: on a project, or on the sample."""

from __future__ import annotations

from pathlib import Path

import click

from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import check_settings, guarded
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Candidates, OpenOptions, Project


def open_screen(options: OpenOptions) -> int:
    """Opens the UI, and again for each project that is switched to. Returns the exit status.

    Several configurations found are a choice there; with none around the working directory the
    projects that were opened before are. Raises OpsmigError.
    """
    following: OpenOptions | None = options
    status = 0
    while following is not None:
        opened = _opened(following)
        if opened is None:
            return 0
        status, following = _show(opened)
    return status


def _opened(options: OpenOptions) -> Project | None:
    """The project, asked for where there is a choice; None: the person left."""
    from dataclasses import replace

    from opsmig_tui.project.open import NothingFound, open_project
    from opsmig_tui.project.recent import recent_projects

    try:
        opened = open_project(options, run_tools=False)
        text = ""
    except NothingFound as error:
        before = recent_projects() if options.directory == Path.cwd() else ()
        if not before:
            raise
        opened = Candidates(tuple(dict.fromkeys(one.config for one in before)))
        text = f"{str(error).partition(':')[0].capitalize()} from here: one that was open before?"
    if isinstance(opened, Project):
        return opened
    from opsmig_tui.ui.app import choose

    chosen = choose(opened, text)
    if chosen is None:
        return None
    found = open_project(replace(options, config=chosen), run_tools=False)
    assert isinstance(found, Project)
    return found


def _show(project: Project) -> tuple[int, OpenOptions | None]:
    """The screen on one project: its exit status, and which to open next."""
    from opsmig_tui.project.trust import missing_yes
    from opsmig_tui.ui.first_frame import first_frame
    from opsmig_tui.workspace.workspace import Workspace

    check_settings(project)
    workspace = Workspace(project, trusted=not missing_yes(project))
    workspace.read_history()
    with first_frame(project.name, workspace.state.history.value):
        # This is what takes long: Textual.
        from opsmig_tui.ui.app import OpsmigApp, run_app

        app = OpsmigApp(workspace)
    return run_app(app), app.next_project


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

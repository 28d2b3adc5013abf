"""`opsmig ghost`: revisions that the database has and no file here, and what can be done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.options import project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded, run

if TYPE_CHECKING:
    from opsmig_tui.workspace.overlay import Overlay
    from opsmig_tui.workspace.state import WorkspaceState
    from opsmig_tui.workspace.workspace import Workspace


@click.command()
@project_options
@click.option("--json", "as_json", is_flag=True, help="The documented JSON document.")
@click.pass_context
def ghost(context: click.Context, /, as_json: bool, **given: Any) -> None:
    """List the database's revisions that no file here has, and where git has them.

    All branches, stashes and the reflog are looked through. Exit status: 0 none, 1 some, 2 could
    not tell.
    """

    async def use(workspace: Workspace) -> int:
        await workspace.refresh("status")
        state = workspace.state
        if as_json:
            from opsmig_tui.workspace.documents import ghosts_document

            click.echo(json.dumps(ghosts_document(state), indent=2))
        elif state.status.phase == "failed":
            say(f"opsmig: the database could not be asked: {state.status.problem}", err=True)
        else:
            show_ghosts(state)
        if state.status.phase == "failed":
            return 2
        return 1 if state.ghosts.value else 0

    context.exit(guarded(lambda: run(given, use, trust=True)))


def show_ghosts(state: WorkspaceState) -> None:
    """Each with all that is known of it, then the ways out."""
    from opsmig_tui.workspace.ghosts import ghosts_of, told, ways

    found = ghosts_of(state)
    if not found:
        say("Every revision of the database has a file here.")
        return
    for one in found:
        where = "the database stands at it" if one.current else "what stands on it is a ghost, too"
        say(f"? {one.revision}  {one.message}  ({where})", bold=True)
        for text in told(one):
            say(f"    {text}")
        for other in one.files[1:]:
            say(f"    also: {other.revision.path} on {other.held_by}, {other.date[:10]}")
    if state.ghosts.problem:
        say(f"▲ git could not look: {state.ghosts.problem}", fg="yellow", err=True)
    say("Ways out:")
    width = max(len(way.command) for way in ways(state))
    for way in ways(state):
        say(f"  {way.command:<{width}}   {way.why}")


async def may_run(overlay: Overlay, *, yes: bool, named: bool) -> bool:
    """Shows the code of ghosts with its review, and asks whether it may run.

    A yes given beforehand counts only where it was said whose code is meant (`named`): a script
    cannot have known that there would be any. Raises OpsmigError where there is nobody to ask.
    """
    from shutil import get_terminal_size

    from opsmig_tui.cli.questions import at_terminal, confirm
    from opsmig_tui.project.errors import OpsmigError
    from opsmig_tui.review.report import to_text
    from opsmig_tui.workspace.overlay import ITS_RIGHTS, origin

    width = min(get_terminal_size((100, 24)).columns, 120)
    for one, review in zip(overlay.ghosts, overlay.reviews, strict=True):
        say(f"\n? {origin(one)}", bold=True)
        say(f"\n{review.source.rstrip()}\n", dim=True)
        say(to_text(review, width))
    say(f"\n▲ {ITS_RIGHTS}", fg="yellow")
    if yes and named:
        return True
    if not at_terminal():
        holder = next(one.file.holder for one in overlay.ghosts if one.file is not None)
        raise OpsmigError(
            "Code of another branch runs after a yes that says whose it is, and there is no "
            f"terminal to ask on: add --yes --from {holder}."
        )
    return await confirm("May it run?")


def ghost_lines(state: WorkspaceState) -> list[str]:
    """A line for each ghost, for status and history; then where more is said."""
    from opsmig_tui.workspace.ghosts import ghosts_of, one_line

    found = ghosts_of(state)
    return [*map(one_line, found), *(["opsmig ghost tells the ways out"] if found else [])]

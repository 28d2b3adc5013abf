"""Commands about single revisions: heads, branches, show, current, edit."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.complete import complete_revision
from opsmig_tui.cli.options import project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded, run
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.history.model import History, Revision
    from opsmig_tui.workspace.state import WorkspaceState
    from opsmig_tui.workspace.workspace import Workspace

verbose_option = click.option(
    "-v", "--verbose", is_flag=True, help="Parent, path and docstring of each."
)


@click.command()
@project_options
@verbose_option
@click.option(
    "--resolve-dependencies", is_flag=True, help="What another one depends on is no head."
)
@click.pass_context
def heads(
    context: click.Context, /, verbose: bool, resolve_dependencies: bool, **given: Any
) -> None:
    """Show the heads, read from the files. Exit status: 0, or 2 when they could not be read."""

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.history.heads import depended_on

        history = _history(workspace)
        found = [history.by_id[name] for name in history.heads]
        if resolve_dependencies:
            needed = depended_on(history)
            found = [one for one in found if one.revision not in needed]
        extra = "--resolve-dependencies" if resolve_dependencies else ""
        _told(workspace, "heads", "-v" if verbose else "", extra)
        _print(history, found, verbose)
        _warn(history)
        return 0

    context.exit(guarded(lambda: run(given, use, trust=False)))


@click.command()
@project_options
@verbose_option
@click.pass_context
def branches(context: click.Context, /, verbose: bool, **given: Any) -> None:
    """Show where the history parts into branches, read from the files.

    Exit status: 0, or 2 when they could not be read.
    """

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.history.text import named

        history = _history(workspace)
        _told(workspace, "branches", "-v" if verbose else "")
        for item in history.revisions:
            children = history.children.get(item.revision, ())
            if len(children) < 2:
                continue
            _print(history, [item], verbose)
            for name in children:
                say(f"    -> {named(history, history.by_id[name])}")
        _warn(history)
        return 0

    context.exit(guarded(lambda: run(given, use, trust=False)))


@click.command()
@project_options
@click.argument("revision", default="head", shell_complete=complete_revision)
@click.pass_context
def show(context: click.Context, /, revision: str, **given: Any) -> None:
    """Show a revision: parent, branches, path, docstring [default: head].

    REVISION is an id or a unique prefix, a branch label, head, heads, current, or one of those with
    +n or -n. Exit status: 0, or 2 when there is no such revision.
    """
    asks = revision == "current"

    async def use(workspace: Workspace) -> int:
        history = _history(workspace)
        _told(workspace, "show", revision)
        _print(history, await _named(workspace, history, revision), verbose=True)
        return 0

    context.exit(guarded(lambda: run(given, use, trust=asks)))


@click.command()
@project_options
@verbose_option
@click.option("--check-heads", is_flag=True, help="Exit status 1 unless it stands at every head.")
@click.pass_context
def current(context: click.Context, /, verbose: bool, check_heads: bool, **given: Any) -> None:
    """Show the revisions that each database stands at.

    Exit status: 0, with --check-heads 1 where that is not every head, 2 could not tell.
    """

    async def use(workspace: Workspace) -> int:
        await workspace.refresh("status")
        _told(workspace, "current", "-v" if verbose else "", "--check-heads" if check_heads else "")
        return _show_current(workspace.state, _history(workspace), verbose, check_heads)

    context.exit(guarded(lambda: run(given, use, trust=True)))


def _show_current(state: WorkspaceState, history: History, verbose: bool, check_heads: bool) -> int:
    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.workspace.apply import identity_text

    status = state.status.value
    if state.status.failure is not None:
        raise WorkerFailed(state.status.failure)
    if status is None or state.status.phase == "failed":
        raise OpsmigError(f"It cannot be told where the database stands: {state.status.problem}.")
    for one in status.databases:
        if verbose or len(status.databases) > 1:
            say(f"{identity_text(one.identity)}  {one.version_table}", bold=True)
        if not one.current:
            say("base (no revision applied)")
        for name in one.current:
            if name in history.by_id:
                _print(history, [history.by_id[name]], verbose)
            else:
                say(f"{name} (no file has it)", fg="yellow")
    behind = any(set(one.current) != set(status.heads) for one in status.databases)
    return 1 if check_heads and behind else 0


@click.command()
@project_options
@click.argument("revision", default="head", shell_complete=complete_revision)
@click.pass_context
def edit(context: click.Context, /, revision: str, **given: Any) -> None:
    """Open a revision file in $EDITOR, then say whether the chain is still sound.

    REVISION is named as for `show`. Exit status: 0, 1 the chain is not sound, 2 could not.
    """
    asks = revision == "current"

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.workspace.guards import refuse_when_read_only

        refuse_when_read_only(workspace, "edit a revision")
        before = _history(workspace)
        found = await _named(workspace, before, revision)
        _told(workspace, "edit", revision)
        for item in found:
            await open_editor(workspace, item.path)
        made = _history(workspace).worse_than(before)
        for problem in made:
            say(f"✖ {problem.message}", fg="red", err=True)
        return 1 if made else 0

    context.exit(guarded(lambda: run(given, use, trust=asks)))


@click.command()
@project_options
@click.argument("revision", shell_complete=complete_revision)
@click.argument("message")
@click.option("--diff", is_flag=True, help="Print what would be written, and write nothing.")
@click.option("--yes", is_flag=True, help="The answer to the question is yes.")
@click.pass_context
def rename(
    context: click.Context, /, revision: str, message: str, diff: bool, yes: bool, **given: Any
) -> None:
    """Give a revision another message, in its docstring and its file's name. The id stays.

    Exit status: 0 renamed or nothing to change, 1 you answered no, 2 could not.
    """

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.cli.heads import agreed, show_diff
        from opsmig_tui.history.targets import resolve
        from opsmig_tui.workspace.batch import write_batch
        from opsmig_tui.workspace.guards import refuse_when_read_only
        from opsmig_tui.workspace.renaming import propose_rename

        if not diff:
            refuse_when_read_only(workspace, "rename a revision")
        found = resolve(_history(workspace), revision)
        change = await propose_rename(workspace, found.revision, message)
        if not change.files:
            say("Nothing would change.", err=diff)
            return 0
        show_diff(change.diff)
        for note in change.notes:
            say(f"▲ {note}", fg="yellow", err=diff)
        if diff:
            return 0
        if not await agreed("Rename it?", yes):
            return 1
        await write_batch(workspace, change)
        for one in change.files:
            say(f"Wrote {one.target}")
        return 0

    context.exit(guarded(lambda: run(given, use, trust=False)))


async def open_editor(workspace: Workspace, path: Path) -> None:
    """The terminal is the editor's until it ends; the history is read again then."""
    import asyncio
    import os

    from opsmig_tui.cli.session import muted
    from opsmig_tui.services.editor import editor_command

    command = editor_command(path, 1, os.environ)
    workspace.log_command(shlex.join(command))
    with muted():
        status = await (await asyncio.create_subprocess_exec(*command)).wait()
    workspace.read_history()
    if status != 0:
        say(f"{command[0]} ended with status {status}.", err=True)


async def _named(workspace: Workspace, history: History, text: str) -> Sequence[Revision]:
    from opsmig_tui.history.targets import resolve_all

    if text != "current":
        found = resolve_all(history, text)
        if not found:
            raise OpsmigError(f"{text!r} stands for no revision here; name one by its id.")
        return found
    await workspace.refresh("status")
    now = workspace.state.current
    if not now:
        why = workspace.state.status.problem or "no revision is applied"
        raise OpsmigError(f"There is no current revision: {why}.")
    return [history.by_id[name] for name in now if name in history.by_id]


def _history(workspace: Workspace) -> History:
    from opsmig_tui.workspace.shared import history_of

    return history_of(workspace)


def _print(history: History, items: Sequence[Revision], verbose: bool) -> None:
    from opsmig_tui.history.text import entry, named

    for item in items:
        if not verbose:
            say(named(history, item))
            continue
        for line in (*entry(history, item), ""):
            say(line)


def _warn(history: History) -> None:
    """What makes the answer doubtful, or alembic refuse."""
    for problem in history.problems:
        say(f"✖ {problem.message}", fg="red", err=True)
    computed = [item.path.name for item in history.revisions if item.unknown]
    if computed:
        more = f" and {len(computed) - 1} more" if len(computed) > 1 else ""
        text = (
            f"{computed[0]}{more} works its identifiers out when it runs: not known from the text"
        )
        say(f"▲ {text}", fg="yellow", err=True)


def _told(workspace: Workspace, *words: str) -> None:
    """The command that this stands for; not on stdout, which others read."""
    program = ["alembic"] if workspace.project.config.flask_app is None else ["flask", "db"]
    say(f"$ {shlex.join([*program, *filter(None, words)])}", err=True, dim=True)

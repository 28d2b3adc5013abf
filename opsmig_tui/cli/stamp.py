"""`opsmig stamp`: the version table says so, nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.change import database_option, ended, yes_option
from opsmig_tui.cli.complete import complete_revision
from opsmig_tui.cli.options import project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded, run

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


@click.command()
@project_options
@click.argument("revisions", nargs=-1, required=True, shell_complete=complete_revision)
@click.option("--purge", is_flag=True, help="As alembic's: every other row goes first.")
@yes_option
@database_option
@click.pass_context
def stamp(
    context: click.Context,
    /,
    revisions: tuple[str, ...],
    purge: bool,
    yes: bool,
    database: str | None,
    **given: Any,
) -> None:
    """Say that the database stands at REVISIONS, without running any migration.

    A revision is anything alembic takes: head, heads, base, an id or a unique prefix. Rows that no
    file here has go, as with --purge. Exit status: 0 done, 1 it failed or you answered no, 2
    refused or could not begin, 130 cancelled.
    """

    async def use(workspace: Workspace) -> int:
        return await stamp_now(workspace, revisions, purge, yes, database)

    context.exit(guarded(lambda: run(given, use, trust=True)))


async def stamp_now(
    workspace: Workspace, revisions: tuple[str, ...], purge: bool, yes: bool, database: str | None
) -> int:
    """Plan, question, stamp; asked again where something moved. Returns the exit status."""
    from opsmig_tui.cli.questions import at_terminal
    from opsmig_tui.cli.show import Printer, ask
    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.workspace.apply import asked_again, moved
    from opsmig_tui.workspace.stamp import confirmation, plan_stamp, run_stamp

    why = ""
    while True:
        plan = await plan_stamp(workspace, revisions, purge=purge)
        question = asked_again(confirmation(workspace, plan), why)
        if not await ask(question, yes=yes, database=database):
            say("Nothing was changed.")
            return 1
        with Printer(workspace):
            try:
                await run_stamp(workspace, plan)
            except WorkerFailed as error:
                why = moved(workspace, error)
                if not why or yes or not at_terminal():
                    return ended(workspace, error.failed)
                continue
        return 0

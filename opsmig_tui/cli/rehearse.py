"""`opsmig rehearse`: what a migration does, before it is done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.change import database_option, yes_option
from opsmig_tui.cli.complete import complete_revision
from opsmig_tui.cli.options import project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import CANCELLED, guarded, run

if TYPE_CHECKING:
    from opsmig_tui.workspace.rehearse import On
    from opsmig_tui.workspace.workspace import Workspace

ROLLED_BACK = "rolled back"
COLOURS = {"✓": "green", "✖": "red", "▲": "yellow"}


@click.command()
@project_options
@click.argument("revision", required=False, shell_complete=complete_revision)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    default=5.0,
    show_default=True,
    help="How long others may have to wait for what it locks.",
)
@click.option(
    "--on",
    type=click.Choice(["here", "scratch"]),
    default="here",
    show_default=True,
    help="On the database itself, in a transaction that is rolled back, or on a copy of it.",
)
@click.option("--json", "as_json", is_flag=True, help="The documented JSON document.")
@yes_option
@database_option
@click.pass_context
def rehearse(
    context: click.Context,
    /,
    revision: str | None,
    seconds: float,
    on: On,
    as_json: bool,
    yes: bool,
    database: str | None,
    **given: Any,
) -> None:
    """Upgrade, downgrade and upgrade again, and report; nothing of it stays.

    Here: in one transaction that is rolled back. On scratch: on a copy of the database (or, where
    that cannot be made, one that the migrations build up), created on the same server and dropped;
    where the role may not create databases, on an embedded PostgreSQL of this machine (the package
    opsmig-tui[demo]), without rows.

    REVISION comes with the pending ones below it, or the applied ones above it [default: all that
    are pending, else the current one]. On a database that is not local it asks first. Exit status:
    0 all went well, 1 something failed or stays behind, or you answered no, 2 it could not be
    rehearsed, 130 cancelled.
    """

    async def use(workspace: Workspace) -> int:
        return await rehearse_now(workspace, revision, seconds, on, as_json, yes, database)

    context.exit(guarded(lambda: run(given, use, trust=True)))


async def rehearse_now(
    workspace: Workspace,
    revision: str | None,
    seconds: float,
    on: On,
    as_json: bool,
    yes: bool,
    database: str | None,
) -> int:
    """Plan, question where there is one, legs, report. Returns the exit status."""
    from opsmig_tui.cli.show import ask
    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.workspace.rehearsal_report import document, report
    from opsmig_tui.workspace.rehearse import (
        command,
        passed,
        plan_rehearsal,
        rehearse,
        would_on_scratch,
    )

    plan = await plan_rehearsal(workspace, revision, seconds, on)
    question = plan.question
    if question is not None and not await ask(question, yes=yes, database=database, err=as_json):
        say("Nothing was changed.", err=as_json)
        return 1
    try:
        result = await rehearse(workspace, plan)
    except WorkerFailed as error:
        if error.failed.kind != "cancelled":
            raise
        say(f"opsmig: {error.failed.message}", err=True)
        return CANCELLED
    finally:
        _warn(workspace)
    if as_json:
        click.echo(json.dumps(document(result), indent=2))
    else:
        for line in report(result, workspace.project.root):
            say(line, fg=COLOURS.get(line.lstrip()[:1]))
        if would_on_scratch(result):
            say(f"$ {command(revision, 'scratch')}")
    if result.refused:
        return 2
    return 0 if passed(result) else 1


def _warn(workspace: Workspace) -> None:
    """What went wrong beside it: a log or a note that could not be written, a scratch database that
    is left. That it was rolled back is no warning here, and how it ended is told by itself."""
    ended = workspace.state.run.message if workspace.state.run is not None else ""
    for line in workspace.output.lines:
        if line.kind == "warning" and line.text not in (ROLLED_BACK, ended):
            say(f"▲ {line.text}", err=True, fg="yellow")

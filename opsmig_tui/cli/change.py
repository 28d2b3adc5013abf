"""Commands that change something: create, upgrade, downgrade, test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.complete import complete_revision
from opsmig_tui.cli.options import project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import CANCELLED, guarded, run
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.worker.protocol import Failed
    from opsmig_tui.workspace.apply import Direction
    from opsmig_tui.workspace.overlay import Overlay
    from opsmig_tui.workspace.workspace import Workspace

_from_option = click.option(
    "--from",
    "holder",
    metavar="BRANCH",
    help="Whose file of a ghost, where git has several, or with --yes.",
)
yes_option = click.option("--yes", is_flag=True, help="The answer to the question is yes.")
database_option = click.option(
    "--database", metavar="NAME", help="With --yes: the database that is meant, where it matters."
)


def _apply_command(direction: Direction, default: str, help_text: str) -> click.Command:
    # Targets such as -1 look like options to click.
    @click.command(
        name=direction, help=help_text, context_settings={"ignore_unknown_options": True}
    )
    @project_options
    @click.argument(
        "target", default=default, shell_complete=complete_revision, callback=_no_option
    )
    @click.option("--sql", is_flag=True, help="Print it as SQL instead; TARGET may be FROM:TO.")
    @click.option("--tag", help="With --sql: what env.py reads as the tag.")
    @yes_option
    @database_option
    @click.pass_context
    def command(
        context: click.Context,
        /,
        target: str,
        sql: bool,
        tag: str | None,
        yes: bool,
        database: str | None,
        holder: str = "",
        **given: Any,
    ) -> None:
        async def use(workspace: Workspace) -> int:
            if tag and not sql:
                raise OpsmigError("--tag goes with --sql.")
            if sql:
                return await _script(workspace, direction, target, tag)
            return await apply_now(workspace, direction, target, yes, database, holder or "")

        context.exit(guarded(lambda: run(given, use, trust=True)))

    return _from_option(command) if direction == "downgrade" else command


async def _script(workspace: Workspace, direction: Direction, target: str, tag: str | None) -> int:
    """Prints the SQL on stdout, whole; what there is to say of it goes to stderr."""
    from opsmig_tui.worker.protocol import MASK
    from opsmig_tui.workspace.script import script

    made = await script(workspace, direction, target, tag)
    say(f"$ {made.command}", err=True, dim=True)
    click.echo(made.sql, nl=False)
    if MASK in made.sql:
        say(f"▲ Passwords in it are masked as {MASK}: put them back before you run it.", err=True)
    return 0


def _no_option(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if value.startswith("-") and not value[1:].isdigit():
        raise click.NoSuchOption(value, ctx=context)
    return value


upgrade = _apply_command(
    "upgrade",
    "head",
    "Apply revisions, up to TARGET [default: head].\n\n"
    "TARGET is anything alembic takes: head, heads, a revision or a unique prefix, +n, label@head."
    " With --sql nothing runs: the SQL is printed."
    " Exit status: 0 done, 1 it failed or you answered no, 2 refused or could not begin, 130"
    " cancelled.",
)
downgrade = _apply_command(
    "downgrade",
    "-1",
    "Roll revisions back, down to TARGET [default: -1].\n\n"
    "TARGET is anything alembic takes: -n, a revision or a unique prefix, base."
    " With --sql nothing runs: the SQL is printed, for TARGET FROM:TO."
    " Exit status: 0 done, 1 it failed or you answered no, 2 refused or could not begin, 130"
    " cancelled.",
)


async def apply_now(
    workspace: Workspace,
    direction: Direction,
    target: str,
    yes: bool,
    database: str | None,
    holder: str = "",
) -> int:
    """Plan, question, run; asked again where something moved. Where the database stands at a ghost
    its code is shown and asked about before. Returns the exit status."""
    from opsmig_tui.cli.ghost import may_run
    from opsmig_tui.workspace.overlay import overlaid

    if direction == "upgrade":
        return await _apply(workspace, direction, target, yes, database, None)
    async with overlaid(workspace, holder) as overlay:
        if overlay is not None and not await may_run(overlay, yes=yes, named=bool(holder)):
            say("Nothing was changed.")
            return 1
        return await _apply(workspace, direction, target, yes, database, overlay)


async def _apply(
    workspace: Workspace,
    direction: Direction,
    target: str,
    yes: bool,
    database: str | None,
    overlay: Overlay | None,
) -> int:
    from opsmig_tui.cli.questions import at_terminal
    from opsmig_tui.cli.show import Printer, ask
    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.workspace import apply

    why = ""
    while True:
        plan = await apply.plan(workspace, direction, target, overlay)
        question = apply.asked_again(apply.confirmation(workspace, plan), why)
        if not await ask(question, yes=yes, database=database):
            say("Nothing was changed.")
            return 1
        with Printer(workspace):
            try:
                await apply.run(workspace, plan)
            except WorkerFailed as error:
                why = apply.moved(workspace, error)
                if not why or yes or not at_terminal():
                    return ended(workspace, error.failed)
                continue
        return 0


def ended(workspace: Workspace, failed: Failed) -> int:
    """The exit status of a run that did not come to its end; what happened is in the output."""
    from opsmig_tui.cli.questions import at_terminal

    if not at_terminal():
        say(f"opsmig: {failed.message}", err=True)
    if failed.kind == "cancelled":
        return CANCELLED
    run = workspace.state.run
    return 1 if run is not None and run.number > 0 else 2


@click.command()
@project_options
@click.argument("revision", required=False, shell_complete=complete_revision)
@yes_option
@database_option
@click.pass_context
def test(
    context: click.Context, /, revision: str | None, yes: bool, database: str | None, **given: Any
) -> None:
    """Upgrade to REVISION, downgrade one step, upgrade again; report.

    REVISION is the next pending (default) or the current one. It leaves the database upgraded.
    Exit status: 0 all legs passed, 1 one failed or you answered no, 2 refused, 130 cancelled.
    """

    async def use(workspace: Workspace) -> int:
        return await test_now(workspace, revision, yes, database)

    context.exit(guarded(lambda: run(given, use, trust=True)))


async def test_now(
    workspace: Workspace, revision: str | None, yes: bool, database: str | None
) -> int:
    """Plan, question, legs, report. Returns the exit status."""
    from opsmig_tui.cli.show import Printer, ask
    from opsmig_tui.workspace.test import plan_test, run_test

    plan = await plan_test(workspace, revision)
    if not await ask(plan.confirmation, yes=yes, database=database):
        say("Nothing was changed.")
        return 1
    with Printer(workspace):
        report = await run_test(workspace, plan)
    say(f"\n{report.text}")
    if report.cancelled:
        return CANCELLED
    return 0 if report.ok else 1

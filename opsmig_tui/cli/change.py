"""Commands that change something: create, upgrade, downgrade, test."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.complete import complete_revision
from opsmig_tui.cli.options import project_options
from opsmig_tui.cli.session import CANCELLED, guarded, run
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.worker.protocol import CreatePlan, PlanResult
    from opsmig_tui.workspace.apply import Direction
    from opsmig_tui.workspace.workspace import Workspace

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
    @yes_option
    @database_option
    @click.pass_context
    def command(
        context: click.Context, /, target: str, yes: bool, database: str | None, **given: Any
    ) -> None:
        async def use(workspace: Workspace) -> int:
            return await _apply(workspace, direction, target, yes, database)

        context.exit(guarded(lambda: run(given, use, trust=True)))

    return command


def _no_option(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if value.startswith("-") and not value[1:].isdigit():
        raise click.NoSuchOption(value, ctx=context)
    return value


upgrade = _apply_command(
    "upgrade",
    "head",
    "Apply revisions, up to TARGET [default: head].\n\n"
    "TARGET is anything alembic takes: head, heads, a revision or a unique prefix, +n, label@head."
    " Exit status: 0 done, 1 failed or answered no, 2 refused, 130 cancelled.",
)
downgrade = _apply_command(
    "downgrade",
    "-1",
    "Roll revisions back, down to TARGET [default: -1].\n\n"
    "TARGET is anything alembic takes: -n, a revision or a unique prefix, base."
    " Exit status: 0 done, 1 failed or answered no, 2 refused, 130 cancelled.",
)


async def _apply(
    workspace: Workspace, direction: Direction, target: str, yes: bool, database: str | None
) -> int:
    from opsmig_tui.cli.show import Printer, ask
    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.workspace import apply

    plan = await apply.plan(workspace, direction, target)
    question = apply.confirmation(workspace, plan)
    if not ask(question, yes=yes, database=database, name=_database(plan)):
        click.echo("Nothing was changed.")
        return 1
    printer = Printer(workspace)
    try:
        await apply.run(workspace, plan)
    except WorkerFailed as error:
        return CANCELLED if error.failed.kind == "cancelled" else 1
    finally:
        printer.drain()
    return 0


def _database(plan: PlanResult) -> str:
    return plan.databases[0].identity.database


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
    Exit status: 0 all legs passed, 1 one failed or answered no, 2 refused.
    """

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.cli.show import Printer, ask
        from opsmig_tui.workspace.test import plan_test, run_test

        plan = await plan_test(workspace, revision)
        if not ask(plan.confirmation, yes=yes, database=database, name=_database(plan.first)):
            click.echo("Nothing was changed.")
            return 1
        printer = Printer(workspace)
        try:
            report = await run_test(workspace, plan)
        finally:
            printer.drain()
        click.echo(f"\n{report.text}")
        return 0 if report.ok else 1

    context.exit(guarded(lambda: run(given, use, trust=True)))


@click.command()
@project_options
@click.argument("message")
@click.option("--yes", is_flag=True, help="Ask nothing; it never upgrades or starts anything.")
@click.pass_context
def create(context: click.Context, /, message: str, yes: bool, **given: Any) -> None:
    """Generate a revision from the model changes and review it.

    Exit status: 0 written (or nothing to generate), 1 answered no or the review found errors,
    2 could not.
    """

    async def use(workspace: Workspace) -> int:
        return await _create(workspace, message, yes)

    context.exit(guarded(lambda: run(given, use, trust=True)))


async def _create(workspace: Workspace, message: str, yes: bool) -> int:
    from opsmig_tui.review.report import to_text
    from opsmig_tui.workspace import create as use_case
    from opsmig_tui.workspace.review import review

    asking = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    await _preflight(workspace, asking)
    plan = await use_case.plan_create(workspace, message)
    _show_plan(plan)
    if asking and not click.confirm("Generate it?", default=True):
        click.echo("Nothing was written.")
        return 1
    if not yes and not asking:
        raise OpsmigError("This needs a yes, and there is no terminal to ask on: add --yes.")
    path = await use_case.create(workspace, plan)
    if path is None:
        click.echo("The models match the database: no file was written.")
        return 0
    click.echo(f"Wrote {path}")
    result = await review(workspace, path)
    click.echo(to_text(result))
    if asking:
        await _keep_or_discard(workspace, path)
    return 1 if result.count("error") else 0


SIGNS = {"ok": "✓", "warning": "▲", "failed": "✖"}


async def _preflight(workspace: Workspace, asking: bool) -> None:
    """Prints the checks; offers what would mend one, on a terminal only. Raises OpsmigError."""
    from opsmig_tui.workspace import create as use_case
    from opsmig_tui.workspace.container import start_database

    failed: use_case.Check | None = None
    async for check in use_case.preflight(workspace):
        if check.state != "running":
            click.echo(f"{SIGNS[check.state]} {check.name:<13} {check.text}")
        failed = check if check.state == "failed" else failed
    if failed is None:
        return
    if asking and failed.offer == "start" and click.confirm("Start the database?"):
        await start_database(workspace)
        await _preflight(workspace, asking)
    elif asking and failed.offer == "upgrade" and click.confirm("Upgrade to head first?"):
        if await _apply(workspace, "upgrade", "head", False, None) == 0:
            await _preflight(workspace, asking)
        else:
            raise OpsmigError("The upgrade did not happen: nothing was generated.")
    else:
        hints = {
            "start": "opsmig and `docker compose up -d` can start it.",
            "upgrade": "Run opsmig upgrade first.",
        }
        raise OpsmigError(f"Cannot create: {failed.text}.", hint=hints.get(failed.offer, ""))


def _show_plan(plan: CreatePlan) -> None:
    click.echo(f"It will be {plan.file_name}:")
    for one in plan.operations:
        click.echo(f"  {one.sign} {one.table}: {one.text}")


async def _keep_or_discard(workspace: Workspace, path: Path) -> None:
    from opsmig_tui.workspace.create import discard

    answer = click.prompt(
        "Looks right?", type=click.Choice(["keep", "edit", "discard"]), default="keep"
    )
    if answer == "discard":
        await discard(workspace, path)
        click.echo(f"Discarded {path.name}.")
    elif answer == "edit":
        click.edit(filename=str(path))

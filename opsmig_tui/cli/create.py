"""opsmig create: pre-flight, generate, review, and the questions that follow."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.complete import complete_revision
from opsmig_tui.cli.options import open_options, project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded, run
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from opsmig_tui.worker.protocol import CreatePlan
    from opsmig_tui.workspace.preflight import Check
    from opsmig_tui.workspace.workspace import Workspace

_DIRECTORY = click.Path(path_type=Path, file_okay=False)


@click.command()
@project_options
@click.argument("message")
@click.option("--empty", is_flag=True, help="Compare nothing: upgrade() and downgrade() are yours.")
@click.option(
    "--head", default="head", shell_complete=complete_revision, help="The head to stand on."
)
@click.option("--splice", is_flag=True, help="--head need not be a head.")
@click.option("--branch-label", help="A label for the branch that begins here.")
@click.option("--version-path", type=_DIRECTORY, help="The folder it goes to, of several.")
@click.option("--rev-id", help="Its id, in place of a made up one.")
@click.option(
    "--depends-on",
    multiple=True,
    metavar="REV",
    shell_complete=complete_revision,
    help="What else must have run before; may be given several times.",
)
@click.option("--yes", is_flag=True, help="Ask nothing; it never upgrades or starts anything.")
@click.pass_context
def create(
    context: click.Context,
    /,
    message: str,
    empty: bool,
    head: str,
    splice: bool,
    branch_label: str | None,
    version_path: Path | None,
    rev_id: str | None,
    depends_on: tuple[str, ...],
    yes: bool,
    **given: Any,
) -> None:
    """Generate a revision from the model changes and review it.

    The options that say where it goes are those of `alembic revision`.

    Exit status: 0 written (or nothing to generate), 1 you answered no, or the review or the test
    found errors, 2 could not, 130 cancelled.
    """

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.worker.protocol import Placing
        from opsmig_tui.workspace.create import plan_create

        folder = open_options(given).directory / version_path if version_path else None
        placing = Placing(
            head, splice, branch_label, str(folder.resolve()) if folder else None, depends_on
        )

        async def plan() -> CreatePlan:
            return await plan_create(
                workspace, message, autogenerate=not empty, revision=rev_id, placing=placing
            )

        return await _create(workspace, plan, yes, checked=not empty, head=head)

    context.exit(guarded(lambda: run(given, use, trust=True)))


async def _create(
    workspace: Workspace,
    make_plan: Callable[[], Awaitable[CreatePlan]],
    yes: bool,
    *,
    checked: bool,
    head: str,
) -> int:
    from opsmig_tui.cli.questions import at_terminal, confirm
    from opsmig_tui.workspace import create as use_case

    asking = not yes and at_terminal()
    if checked:
        await _preflight(workspace, asking, head)
    plan = await make_plan()
    if not plan.operations and plan.autogenerate:
        say("The models match the database: no file was written.")
        return 0
    _show_plan(plan)
    if asking and not await confirm("Generate it?"):
        say("Nothing was written.")
        return 1
    if not yes and not asking:
        raise OpsmigError("This needs a yes, and there is no terminal to ask on: add --yes.")
    path = await use_case.create(workspace, plan)
    if path is None:
        say("The models match the database: no file was written.")
        return 0
    say(f"Wrote {path}")
    # An empty one has nothing to be judged yet.
    errors = await _review(workspace, path) if plan.autogenerate else 0
    if asking:
        return await _questions(workspace, path, errors)
    return 1 if errors else 0


SIGNS = {"ok": "✓", "warning": "▲", "failed": "✖"}


async def _preflight(workspace: Workspace, asking: bool, head: str) -> None:
    """Prints the checks; offers what would mend one, on a terminal only. Raises OpsmigError."""
    from opsmig_tui.workspace.preflight import preflight

    failed: Check | None = None
    async for check in preflight(workspace, head):
        if check.state != "running":
            say(f"{SIGNS[check.state]} {check.name:<13} {check.text}")
        failed = check if check.state == "failed" else failed
    if failed is None:
        return
    if asking and await _mended(workspace, failed):
        await _preflight(workspace, asking, head)
        return
    _tell_why(workspace, failed)
    hints = {
        "start": "opsmig and `docker compose up -d` can start it.",
        "upgrade": "Run opsmig upgrade first.",
    }
    raise OpsmigError(
        f"Cannot create: {failed.text.rstrip('.')}.", hint=hints.get(failed.offer, "")
    )


async def _mended(workspace: Workspace, failed: Check) -> bool:
    """Whether the person wanted the remedy, and it was done."""
    from opsmig_tui.cli.change import apply_now
    from opsmig_tui.cli.questions import confirm
    from opsmig_tui.cli.show import Printer
    from opsmig_tui.workspace.container import perform

    if failed.offer == "start" and await confirm("Start the database?"):
        with Printer(workspace):
            await perform(workspace, "start")
        return True
    if failed.offer == "upgrade" and await confirm("Upgrade to head first?"):
        if await apply_now(workspace, "upgrade", "head", False, None) == 0:
            return True
        raise OpsmigError("The upgrade did not happen: nothing was generated.")
    return False


def _tell_why(workspace: Workspace, failed: Check) -> None:
    """Where the project's own code failed: file, line, statement."""
    from opsmig_tui.workspace.failure_text import failure_details

    part = workspace.state.drift if failed.name == "autogenerate" else workspace.state.status
    if part.phase == "failed" and part.failure is not None:
        for line in failure_details(part.failure):
            say(f"  {line}", err=True)


def _show_plan(plan: CreatePlan) -> None:
    say(f"$ {plan.command}", dim=True)
    say(f"It will be {plan.file_name}{':' if plan.operations else ''}")
    for one in plan.operations:
        say(f"  {one.sign} {one.table}: {one.text}")


async def _review(workspace: Workspace, path: Path) -> int:
    """Prints the review; returns how many errors it found."""
    from opsmig_tui.review.report import to_text
    from opsmig_tui.workspace.review import review

    result = await review(workspace, path)
    say(to_text(result, width=min(shutil.get_terminal_size((100, 24)).columns, 120)))
    return result.count("error")


async def _questions(workspace: Workspace, path: Path, errors: int) -> int:
    """Keep, edit or discard; a kept one can be tested. Returns the exit status."""
    from opsmig_tui.cli.change import test_now
    from opsmig_tui.cli.questions import choose, confirm
    from opsmig_tui.cli.revisions import open_editor
    from opsmig_tui.workspace.create import discard

    choices = ("keep", "edit", "discard")
    while (answer := await choose("Looks right?", choices)) != "keep":
        try:
            if answer == "edit":
                await open_editor(workspace, path)
                errors = await _review(workspace, path)
                continue
            await discard(workspace, path)
            say(f"Discarded {path.name}.")
            return 1
        except OpsmigError as error:
            say(f"opsmig: {error}", err=True)  # the file stands as it was: asked again
    if await confirm("Test it now: upgrade, downgrade one step, upgrade again?"):
        revision = _revision_of(workspace, path)
        return await test_now(workspace, revision, False, None) or (1 if errors else 0)
    return 1 if errors else 0


def _revision_of(workspace: Workspace, path: Path) -> str:
    view = workspace.state.history.value
    revisions = view.history.revisions if view is not None else ()
    found = next((one.revision for one in revisions if one.path == path), None)
    if found is None:
        raise OpsmigError(f"{path.name} is no revision any more: it cannot be tested.")
    return found

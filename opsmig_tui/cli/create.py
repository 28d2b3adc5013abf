"""opsmig create: pre-flight, generate, review, and the questions that follow."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.options import project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded, run
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.worker.protocol import CreatePlan
    from opsmig_tui.workspace.preflight import Check
    from opsmig_tui.workspace.workspace import Workspace


@click.command()
@project_options
@click.argument("message")
@click.option("--yes", is_flag=True, help="Ask nothing; it never upgrades or starts anything.")
@click.pass_context
def create(context: click.Context, /, message: str, yes: bool, **given: Any) -> None:
    """Generate a revision from the model changes and review it.

    Exit status: 0 written (or nothing to generate), 1 you answered no, or the review or the test
    found errors, 2 could not, 130 cancelled.
    """

    async def use(workspace: Workspace) -> int:
        return await _create(workspace, message, yes)

    context.exit(guarded(lambda: run(given, use, trust=True)))


async def _create(workspace: Workspace, message: str, yes: bool) -> int:
    from opsmig_tui.cli.questions import at_terminal, confirm
    from opsmig_tui.workspace import create as use_case

    asking = not yes and at_terminal()
    await _preflight(workspace, asking)
    plan = await use_case.plan_create(workspace, message)
    if not plan.operations:
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
    errors = await _review(workspace, path)
    if asking:
        return await _questions(workspace, path, errors)
    return 1 if errors else 0


SIGNS = {"ok": "✓", "warning": "▲", "failed": "✖"}


async def _preflight(workspace: Workspace, asking: bool) -> None:
    """Prints the checks; offers what would mend one, on a terminal only. Raises OpsmigError."""
    from opsmig_tui.workspace.preflight import preflight

    failed: Check | None = None
    async for check in preflight(workspace):
        if check.state != "running":
            say(f"{SIGNS[check.state]} {check.name:<13} {check.text}")
        failed = check if check.state == "failed" else failed
    if failed is None:
        return
    if asking and await _mended(workspace, failed):
        await _preflight(workspace, asking)
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
    from opsmig_tui.workspace.running import failure_details

    part = workspace.state.drift if failed.name == "autogenerate" else workspace.state.status
    if part.phase == "failed" and part.failure is not None:
        for line in failure_details(part.failure):
            say(f"  {line}", err=True)


def _show_plan(plan: CreatePlan) -> None:
    say(f"It will be {plan.file_name}:")
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

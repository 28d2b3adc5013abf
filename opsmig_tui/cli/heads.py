"""Several heads: look at them, merge them, or move one branch on top of the other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.complete import complete_revision
from opsmig_tui.cli.options import project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded, run
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.workspace.heads import Heads, Side
    from opsmig_tui.workspace.workspace import Workspace

yes_option = click.option("--yes", is_flag=True, help="The answer to the question is yes.")


@click.command()
@project_options
@click.argument("revisions", nargs=-1, metavar="[REV]...", shell_complete=complete_revision)
@click.option("-m", "--message", default="", help="Its message [default: merge A and B].")
@click.option("--branch-label", help="A label for the branch that begins here.")
@click.option("--rev-id", help="Its id, in place of a made up one.")
@yes_option
@click.pass_context
def merge(
    context: click.Context,
    /,
    revisions: tuple[str, ...],
    message: str,
    branch_label: str | None,
    rev_id: str | None,
    yes: bool,
    **given: Any,
) -> None:
    """Write a revision that merges heads, all of them by default, through alembic.

    Shows first what each head brings and which tables both touch. Exit status: 0 written or
    nothing to merge, 1 you answered no, or a rehearsal failed, 2 could not.
    """

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.workspace import merge as use_case
        from opsmig_tui.workspace.guards import refuse_when_read_only
        from opsmig_tui.workspace.heads import look

        refuse_when_read_only(workspace, "merge heads")
        names = [one for one in revisions if one != "heads"]
        heads = await look(workspace, names)
        show_heads(heads)
        every = [side.head for side in heads.sides]
        plan = await use_case.plan_merge(
            workspace, every, message, revision=rev_id, branch_label=branch_label
        )
        say(f"Writes {plan.directory}/{plan.file_name}")
        say(f"  $ {plan.command}", dim=True)
        if not await agreed("Merge them?", yes):
            return 1
        path = await use_case.merge(workspace, every, plan)
        say(f"Wrote {path}")
        return await rehearse_after(workspace, plan.revision)

    context.exit(guarded(lambda: run(given, use, trust=True)))


@click.command()
@project_options
@click.argument("revision", required=False, shell_complete=complete_revision)
@click.option(
    "--onto", metavar="REV", shell_complete=complete_revision, help="The head to go on top of."
)
@click.option("--date", "dates", is_flag=True, help="Now in docstring and file name, too.")
@click.option("--diff", is_flag=True, help="Print what would be written, and write nothing.")
@yes_option
@click.pass_context
def move(
    context: click.Context,
    /,
    revision: str | None,
    onto: str | None,
    dates: bool,
    diff: bool,
    yes: bool,
    **given: Any,
) -> None:
    """Move the revisions of one head on top of the other: down_revision and docstring change.

    REVISION is the head that moves [default: the one whose revisions are all new on this branch].
    Refused where the chain would not be sound afterwards. Exit status: 0 moved or nothing to move,
    1 you answered no, or a rehearsal failed, 2 could not.
    """

    async def use(workspace: Workspace) -> int:
        return await _move(workspace, revision, onto, dates, diff, yes)

    context.exit(guarded(lambda: run(given, use, trust=False)))


async def _move(
    workspace: Workspace,
    revision: str | None,
    onto: str | None,
    dates: bool,
    diff: bool,
    yes: bool,
) -> int:
    from opsmig_tui.cli.questions import at_terminal
    from opsmig_tui.cli.questions import choose as one_of
    from opsmig_tui.history.targets import resolve
    from opsmig_tui.workspace.batch import write_batch
    from opsmig_tui.workspace.guards import refuse_when_read_only
    from opsmig_tui.workspace.heads import choose, look
    from opsmig_tui.workspace.moving import applied_in, propose_move
    from opsmig_tui.workspace.shared import history_of

    if not diff:
        refuse_when_read_only(workspace, "move revisions")
    if workspace.state.trusted and not diff:
        await workspace.refresh("status")
    history = history_of(workspace)
    heads = await look(workspace)
    named = [resolve(history, one).revision if one else None for one in (revision, onto)]
    if named == [None, None] and heads.mine is None and at_terminal():
        say("Which of them moves?")
        named[0] = await one_of("Move", [side.head for side in heads.sides])
    mine, target = choose(heads, *named)
    plan, change = await propose_move(workspace, mine, target, dates=dates)
    if diff:
        show_diff(change.diff)
        return 0
    show_heads(heads)
    show_diff(change.diff)
    say(change.title, bold=True)
    for note in change.notes:
        say(f"▲ {note}", fg="yellow")
    there = applied_in(workspace, plan)
    if there and yes:
        raise OpsmigError(
            f"Not moved: this database has {', '.join(there)} applied.",
            hint="Downgrade first; or leave --yes out, and answer at a terminal.",
        )
    if not await agreed("Move them?", yes):
        return 1
    await write_batch(workspace, change)
    for one in change.files:
        say(f"Wrote {one.target}")
    if there or not workspace.state.trusted:
        return 0
    return await rehearse_after(workspace, mine)


async def agreed(question: str, yes: bool) -> bool:
    from opsmig_tui.cli.questions import at_terminal, confirm

    if yes:
        return True
    if not at_terminal():
        raise OpsmigError("This needs a yes, and there is no terminal to ask on: add --yes.")
    if await confirm(question):
        return True
    say("Nothing was written.")
    return False


def show_diff(lines: tuple[str, ...]) -> None:
    """Whole where another program reads it: git apply takes nothing that was left out."""
    show = say if sys.stdout.isatty() else click.echo
    for line in lines:
        show(line)


def show_heads(heads: Heads) -> None:
    """What each head brings, and what more than one touches."""
    from opsmig_tui.workspace.heads import warnings

    for side in heads.sides:
        mine = "  (new on this branch)" if side.mine else ""
        say(f"{side.head}{mine}", bold=True)
        for line in side_lines(side):
            say(f"  {line}")
    below = ", ".join(heads.common)
    say(f"They stand on {below}." if below else "They have no revision in common.", dim=True)
    for warning in warnings(heads):
        say(f"▲ {warning}", fg="yellow")


def side_lines(side: Side) -> Iterator[str]:
    for step in side.steps:
        sign = {True: "●", False: "○", None: "•"}[step.applied]
        yield f"{sign} {step.revision.revision}  {step.revision.message}"
        yield from (f"    {text}" for text in step.does)


async def rehearse_after(workspace: Workspace, revision: str) -> int:
    """Tries the new chain where that asks for nothing; says why where it cannot. 1: it failed."""
    from opsmig_tui.cli.rehearse import rehearse_now
    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.workspace.rehearse import plan_rehearsal

    try:
        plan = await plan_rehearsal(workspace, revision)
    except (OpsmigError, WorkerFailed) as error:
        said = error.failed.message if isinstance(error, WorkerFailed) else str(error)
        say(f"Not rehearsed: {said}")
        return 0
    if plan.question is not None:
        say(f"Not rehearsed, as this database is not local: opsmig rehearse {revision} asks first.")
        return 0
    status = await rehearse_now(workspace, revision, plan.seconds, "here", False, True, None)
    return 1 if status == 1 else 0

"""Upgrade and downgrade: plan, confirmation, run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.danger import dangers
from opsmig_tui.review.errors import NotReviewable
from opsmig_tui.review.migration import read_migration
from opsmig_tui.review.summary import summarize
from opsmig_tui.worker.protocol import (
    Identity,
    Loss,
    Plan,
    PlanResult,
    PlanStep,
    Run,
    RunResult,
)
from opsmig_tui.workspace.confirm import Confirmation, ConfirmationStep
from opsmig_tui.workspace.failure_text import position
from opsmig_tui.workspace.guards import (
    refuse_when_read_only,
    refuse_when_untrusted,
    refuse_while_running,
)
from opsmig_tui.workspace.protection import protection, read_protection
from opsmig_tui.workspace.running import RunReporter, reported
from opsmig_tui.workspace.state import Staled
from opsmig_tui.workspace.status import lost, not_the_container, refresh, where_is

if TYPE_CHECKING:
    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.workspace.overlay import Overlay
    from opsmig_tui.workspace.workspace import Workspace

Direction = Literal["upgrade", "downgrade"]


async def plan(
    workspace: Workspace,
    direction: Direction,
    target: str,
    overlay: Overlay | None = None,
    *,
    rehearsing: bool = False,
) -> PlanResult:
    """What would run, asked of alembic. Nothing is changed. With an `overlay`, whose code has been
    accepted, its files count as well. `rehearsing`: it is going to be rehearsed, not run.

    Raises OpsmigError when there is nothing to do or it may not be done, WorkerFailed when alembic
    or the database refuses.
    """
    refuse_when_read_only(workspace, direction)
    refuse_while_running(workspace)
    refuse_when_untrusted(workspace, direction)
    await read_protection(workspace)
    workspace.workers.prepare_runner(rehearsing=rehearsing)
    if workspace.state.container.value is None:
        # Locality decides how much is asked, so it must be known before the question is put.
        await workspace.refresh("container")
    doing = "rehearse" if rehearsing else direction
    found = await _asked(workspace, Plan(direction, target, rehearsing=rehearsing), overlay, doing)
    if not found.steps:
        at = position(tuple(v for one in found.databases for v in one.current))
        raise OpsmigError(f"Nothing to {direction}: the database stands at {at}.", exit_status=0)
    return found


async def _asked(
    workspace: Workspace, asked: Plan, overlay: Overlay | None, doing: str
) -> PlanResult:
    from opsmig_tui.services.worker_client import WorkerFailed

    if overlay is None:
        reader = await workspace.workers.reader(fresh=True)
        try:
            return cast(PlanResult, await reader.request(asked))
        except WorkerFailed:
            await refresh(workspace, "status", quiet=True)
            if why := lost(workspace.state):
                raise OpsmigError(
                    f"Cannot {doing}: {why}.",
                    hint="opsmig ghost tells who has it, and the ways out.",
                ) from None
            raise
    overlay.check()
    # In a process that ends with the plan: the resident worker loads no code of other branches.
    async with workspace.workers.runner() as client:
        request = replace(asked, overlay=str(overlay.folder))
        found = cast(PlanResult, await client.request(request))
    workspace.workers.prepare_runner()
    overlay.check()  # from here on the plan's digests hold it to that
    return found


def confirmation(workspace: Workspace, plan: PlanResult) -> Confirmation:
    """The question to put before `run(plan)`, with danger in proportion.

    Whether it is local goes by the databases of the plan itself: what was known before may be about
    another one.
    """
    steps = tuple(_step(step) for step in plan.steps)
    destructive = any(step.losses for step in steps)
    care = places_of(workspace, [one.identity for one in plan.databases])
    typed, typed_what = None, ""
    if care.wants_name:
        typed, typed_what = care.name, "the database's name"
    elif destructive:
        typed, typed_what = plan.steps[-1].revision, "the last revision of the plan"
    count = len(plan.steps)
    return Confirmation(
        title=f"{plan.direction.capitalize()} {count} revision{'s' if count > 1 else ''}",
        database=database_text(plan),
        command=plan.command,
        steps=steps,
        warnings=(*care.warnings, *_foreign(plan)),
        typed=typed,
        typed_what=typed_what,
        destructive=destructive,
        local=care.local,
        name=care.name,
    )


def _foreign(plan: PlanResult) -> list[str]:
    """Says which steps come from another branch."""
    if not plan.overlay:
        return []
    foreign = [one for one in plan.steps if Path(one.path).is_relative_to(plan.overlay)]
    names = ", ".join(Path(one.path).name for one in foreign)
    return [f"Taken from git, not of this branch: {names}."] if foreign else []


@dataclass(frozen=True)
class Care:
    """How much care databases call for. `name` is the one's that calls for the most."""

    local: bool
    name: str
    wants_name: bool
    warnings: tuple[str, ...]
    protected: bool = False


def places_of(workspace: Workspace, identities: Sequence[Identity]) -> Care:
    """Whether all of them are local, what the settings protect, and what to warn of."""
    places = [where_is(workspace, one) for one in identities]
    local = bool(places) and all(one.is_local for one in places)
    warnings = [one.text for one in places if not one.is_local]
    warnings += filter(None, (not_the_container(workspace.state, one) for one in identities))
    if protected_by := protection(workspace.project.settings, identities):
        warnings.append(f"The settings protect this database ({protected_by}).")
    far = (one for one, place in zip(identities, places, strict=True) if not place.is_local)
    name = next(far, identities[0]).database
    return Care(local, name, not local or bool(protected_by), tuple(warnings), bool(protected_by))


def dangers_of(step: PlanStep) -> tuple[str, ...]:
    """A sentence for all that a step would destroy, as far as its file tells."""
    return _read_step(step)[1]


def _read_step(step: PlanStep) -> tuple[str, tuple[str, ...]]:
    """What a step does in words, and what it destroys as far as its file tells."""
    path = Path(step.path)
    direction: Direction = "upgrade" if step.direction == "upgrade" else "downgrade"
    try:
        migration = read_migration(path, path.read_bytes())
    except (NotReviewable, OSError) as error:
        return "", (f"{path.name} cannot be read: {error}",)
    summary = summarize(migration)
    words = summary.upgrade if direction == "upgrade" else summary.downgrade
    return ", ".join(words), dangers(migration, direction)


def _step(step: PlanStep) -> ConfirmationStep:
    summary, reasons = _read_step(step)
    # The worker has counted what some of these destroy; the rest is known from the file alone.
    counted = {f"drops {loss.what}" for loss in step.losses}
    more = tuple(text for text in reasons if text not in counted)
    losses = (*(loss_text(loss) for loss in step.losses), *more)
    return ConfirmationStep(step.revision, step.message, summary, losses, step.commits)


def loss_text(loss: Loss) -> str:
    """A loss as a sentence: "column ops.agreement.nickname: 1,204 rows hold a value"."""
    what = loss.what.removeprefix("rows of ")
    if loss.rows is None:
        return f"{what}: how many rows is not known"
    rows = f"{loss.rows:,} row{'' if loss.rows == 1 else 's'}"
    if loss.what.startswith("column "):
        return f"{what}: {rows} hold{'s' if loss.rows == 1 else ''} a value"
    return f"{what}: {rows}"


def database_text(plan: PlanResult) -> str:
    """`user@host:port/database` of every database of the plan. Never a password."""
    return ", ".join(identity_text(one.identity) for one in plan.databases)


def identity_text(one: Identity) -> str:
    """`user@host:port/database`; a Unix socket as "socket"."""
    if not one.host and not one.port:
        return one.database
    host = "socket" if (one.host or "/").startswith("/") else one.host
    port = f":{one.port}" if one.port and host != "socket" else ""
    return f"{one.user}@{host}{port}/{one.database}"


def moved(workspace: Workspace, error: WorkerFailed) -> str:
    """Why a confirmed run did not begin: database, versions or files are others by now. "" where
    it failed otherwise. Then the question is to be put again, with a new plan."""
    run = workspace.state.run
    begun = run is not None and run.number > 0
    return error.failed.message if error.failed.kind == "identity" and not begun else ""


def asked_again(question: Confirmation, why: str) -> Confirmation:
    """The question for the new plan, with what moved since the yes to the old one."""
    if not why:
        return question
    warning = f"This is a new plan, for the old one no longer holds. {why}"
    return replace(question, warnings=(warning, *question.warnings))


async def run(workspace: Workspace, plan: PlanResult) -> RunResult:
    """Does exactly what was confirmed: right before the first statement the worker compares
    database, versions and steps. Output streams; the position is read again at the end.

    Raises WorkerFailed (already reported in the output), OpsmigError.
    """
    async with changing(workspace, plan.direction, plan.command) as reporter:
        return await _run(workspace, plan, reporter)


@asynccontextmanager
async def changing(
    workspace: Workspace, title: str, command: str, action: str = ""
) -> AsyncIterator[RunReporter]:
    """One thing that changes a database, from its refusals to the position read again.

    `action` is what is refused where nothing may change, if not `title`. Raises OpsmigError, and
    WorkerFailed (already reported in the output).
    """
    from opsmig_tui.services.worker_client import WorkerFailed

    refuse_when_read_only(workspace, action or title)
    refuse_while_running(workspace)
    workspace.log_command(command)
    try:
        async with reported(workspace, title, command) as reporter:
            yield reporter
    except WorkerFailed as error:
        await read_position_again(workspace)
        if error.failed.current is None:
            reporter.say_position()
        raise
    await read_position_again(workspace)


async def _run(workspace: Workspace, plan: PlanResult, reporter: RunReporter) -> RunResult:
    async with workspace.workers.runner() as client:
        result = cast(RunResult, await reporter.send(client, run_request(plan)))
        count = len(result.applied)
        reporter.succeed(
            f"{plan.direction}d {count} revision{'' if count == 1 else 's'} in "
            f"{seconds(result.elapsed_ms)}; the database stands at {position(result.current)}"
        )
        return result


def run_request(plan: PlanResult) -> Run:
    """The run that was confirmed: databases, versions, steps and files of the plan, no others."""
    steps = tuple(step.revision for step in plan.steps)
    digests = tuple(step.digest for step in plan.steps)
    return Run(plan.direction, plan.target, plan.databases, steps, digests, plan.overlay)


async def read_position_again(workspace: Workspace) -> None:
    """After anything that may have changed the database, whatever became of it.

    Not the drift: comparing takes longer, and may wait. Where somebody looks, `live` reads it.
    """
    await workspace.refresh("status")
    workspace.dispatch(Staled(("drift",)))
    workspace.ran.set()


def seconds(ms: float) -> str:
    """A duration for people: "12 ms", "3.4 s"."""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"

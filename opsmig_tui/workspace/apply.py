"""Upgrade and downgrade: plan, confirmation, run."""

from __future__ import annotations

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
from opsmig_tui.workspace.guards import (
    refuse_when_read_only,
    refuse_when_untrusted,
    refuse_while_running,
)
from opsmig_tui.workspace.running import RunReporter, position, run_with

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

Direction = Literal["upgrade", "downgrade"]


async def plan(workspace: Workspace, direction: Direction, target: str) -> PlanResult:
    """What would run, asked of alembic. Nothing is changed.

    Raises OpsmigError when there is nothing to do or it may not be done, WorkerFailed when alembic
    or the database refuses.
    """
    refuse_when_read_only(workspace, direction)
    refuse_while_running(workspace)
    refuse_when_untrusted(workspace, direction)
    workspace.prepare_runner()
    result = await workspace.pool.reader().request(Plan(direction, target))
    found = cast(PlanResult, result)
    await _know_where(workspace)
    if not found.steps:
        at = position(tuple(v for one in found.databases for v in one.current))
        raise OpsmigError(f"Nothing to {direction}: the database stands at {at}.", exit_status=0)
    return found


async def _know_where(workspace: Workspace) -> None:
    """Locality decides how much is asked, so it must be known before the question is put."""
    parts = [p for p in ("status", "container") if getattr(workspace.state, p).value is None]
    if parts:
        await workspace.refresh(*parts)  # type: ignore[arg-type]


def confirmation(workspace: Workspace, plan: PlanResult) -> Confirmation:
    """The question to put before `run(plan)`, with danger in proportion."""
    steps = tuple(_step(step) for step in plan.steps)
    destructive = any(step.losses for step in steps)
    where = workspace.state.locality
    local = where is not None and where.is_local
    warnings = []
    if not local:
        warnings.append(where.text if where is not None else "Where the database is, is not known.")
    if protected_by := protection(workspace, plan):
        warnings.append(f"The settings protect this database ({protected_by}).")
    typed, typed_what = _typed(plan, destructive, local and not protected_by)
    count = len(plan.steps)
    return Confirmation(
        title=f"{plan.direction.capitalize()} {count} revision{'s' if count > 1 else ''}",
        database=database_text(plan),
        command=plan.command,
        steps=steps,
        warnings=tuple(warnings),
        typed=typed,
        typed_what=typed_what,
        destructive=destructive,
        local=local,
    )


def _typed(plan: PlanResult, destructive: bool, local: bool) -> tuple[str | None, str]:
    if not local:
        return plan.databases[0].identity.database, "the database's name"
    if destructive:
        return plan.steps[-1].revision, "the last revision of the plan"
    return None, ""


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
    counted = tuple(_loss(loss) for loss in step.losses)
    # The worker has counted what drops destroy; the rest is known from the file alone.
    more = tuple(text for text in reasons if not (counted and text.startswith("drops ")))
    losses = (*counted, *more)
    return ConfirmationStep(step.revision, step.message, summary, losses, step.commits)


def _loss(loss: Loss) -> str:
    amount = "an unknown number of" if loss.rows is None else f"{loss.rows:,}"
    return f"{loss.what}: {amount} {'row' if loss.rows == 1 else 'rows'}"


def protection(workspace: Workspace, plan: PlanResult) -> str:
    """The `protected` pattern that the database's name or host matches, or ""."""
    from fnmatch import fnmatch

    for one in plan.databases:
        for pattern in workspace.project.settings.protected:
            if any(
                fnmatch(name, pattern) for name in (one.identity.database, one.identity.host or "")
            ):
                return pattern
    return ""


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


async def run(workspace: Workspace, plan: PlanResult) -> RunResult:
    """Does exactly what was confirmed: right before the first statement the worker compares
    database, versions and steps. Output streams; status and drift are read again at the end.

    Raises WorkerFailed (already reported in the output), OpsmigError.
    """
    refuse_when_read_only(workspace, plan.direction)
    refuse_while_running(workspace)
    workspace.log_command(plan.command)
    reporter = RunReporter(workspace, plan.direction, plan.command)
    result = await run_step(workspace, plan, reporter)
    reporter.succeed(
        f"{plan.direction}d {len(result.applied)} in {seconds(result.elapsed_ms)}; "
        f"the database stands at {position(result.current)}"
    )
    return result


async def run_step(workspace: Workspace, plan: PlanResult, reporter: RunReporter) -> RunResult:
    """One run through a fresh worker, without a closing line: `test` makes several of them."""
    request = Run(
        plan.direction, plan.target, plan.databases, tuple(step.revision for step in plan.steps)
    )
    try:
        async with workspace.runner() as client:
            return cast(RunResult, await run_with(workspace, client, request, reporter))
    finally:
        await read_position_again(workspace)


async def read_position_again(workspace: Workspace) -> None:
    """After anything that may have changed the database, whatever became of it."""
    await workspace.refresh("status")
    if workspace.state.status.phase == "ready":
        await workspace.refresh("drift")


def seconds(ms: float) -> str:
    """A duration for people: "12 ms", "3.4 s"."""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"

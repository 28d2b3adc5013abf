"""Rehearsing revisions: both directions on the real database, undone, or on a scratch copy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import PlanResult, Rehearse, RehearseResult
from opsmig_tui.workspace import apply, seen_legs
from opsmig_tui.workspace.confirm import Confirmation
from opsmig_tui.workspace.guards import refuse_when_read_only
from opsmig_tui.workspace.protection import protection
from opsmig_tui.workspace.running import RunReporter, reported
from opsmig_tui.workspace.state import Rehearsal, Rehearsed

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

ELSEWHERE = "Try it on a scratch database"
"""How a refusal ends that does not hold there."""
SECONDS = 5.0
"""How long others may have to wait, unless something else is asked for."""
On = Literal["here", "scratch"]
SCRATCH = (
    "Databases named opsmig_scratch_… are created on this server, or on an embedded one of this "
    "machine where the role may not, and dropped again; this one is only read."
)
HELD = (
    "Others wait for what it locks, for at most {:g} s; sequences that it advances stay advanced."
)


@dataclass(frozen=True)
class RehearsalPlan:
    """What would be rehearsed. `question` must be put first; None where the database is local."""

    plan: PlanResult
    question: Confirmation | None
    seconds: float
    on: On = "here"

    @property
    def revisions(self) -> tuple[str, ...]:
        return tuple(step.revision for step in self.plan.steps)


async def plan_rehearsal(
    workspace: Workspace,
    revision: str | None = None,
    seconds: float = SECONDS,
    on: On = "here",
) -> RehearsalPlan:
    """Which revisions, in which direction first. Default: all that are pending, as a chain; where
    none is, the current one. `seconds` is how long all of it may take;
    it does not bound a rehearsal on `scratch`, for which nobody waits.

    A pending revision comes with the pending ones below it, an applied one with those above.
    Raises OpsmigError, WorkerFailed.
    """
    from opsmig_tui.services.worker_client import WorkerFailed

    refuse_when_read_only(workspace, "rehearse")
    await workspace.refresh("history", "status")
    status = workspace.state.status
    if status.failure is not None:
        raise WorkerFailed(status.failure)
    if status.value is None or status.phase == "failed":
        raise OpsmigError(f"Cannot rehearse: {status.problem}.")
    direction, target = _aim(workspace, revision)
    plan = await apply.plan(workspace, direction, target, rehearsing=True)
    if on == "scratch" and len(plan.databases) != 1:
        count = len(plan.databases)
        raise OpsmigError(f"env.py goes through {count} databases; a rehearsal knows only one.")
    return RehearsalPlan(plan, _question(workspace, plan, revision, seconds, on), seconds, on)


def _aim(workspace: Workspace, revision: str | None) -> tuple[apply.Direction, str]:
    """(direction of the first leg, alembic's name of where it leads)."""
    from opsmig_tui.history.targets import resolve

    state = workspace.state
    value, view = state.status.value, state.history.value
    assert value is not None
    current = state.current or ()
    if revision is None:
        if value.pending:
            return "upgrade", "heads"
        if len(current) != 1:
            raise OpsmigError("Nothing to rehearse: name a revision.")
        return "downgrade", "-1"
    if view is None:
        raise OpsmigError(f"Cannot rehearse: {state.history.problem}.")
    wanted = resolve(view.history, revision).revision
    if wanted in value.pending:
        return "upgrade", wanted
    if wanted not in (state.applied or ()):
        raise OpsmigError(f"{wanted} is neither applied to this database nor pending.")
    parents = view.history.by_id[wanted].down_revisions
    if not parents:
        return "downgrade", "base"
    if current == (wanted,):
        return "downgrade", "-1"
    return "downgrade", f"{wanted}@-1" if wanted in current else f"{wanted}-1"


def _question(
    workspace: Workspace, plan: PlanResult, revision: str | None, seconds: float, on: On
) -> Confirmation | None:
    """Nothing is asked where the database is local and not protected: nothing stays. Nor where it
    is not PostgreSQL: the worker refuses to."""
    asked = apply.confirmation(workspace, plan)
    identities = [one.identity for one in plan.databases]
    if all(one.dialect != "postgresql" for one in identities):
        return None
    if asked.local and not protection(workspace.project.settings, identities):
        return None
    count = len(plan.steps)
    return replace(
        asked,
        title=f"Rehearse {count} revision{'s' if count > 1 else ''}, "
        + ("and take all of it back" if on == "here" else "on a scratch database"),
        command=command(revision, on),
        steps=tuple(replace(step, losses=()) for step in asked.steps),
        warnings=(*asked.warnings, HELD.format(seconds) if on == "here" else SCRATCH),
        destructive=False,
    )


def command(revision: str | None, on: On = "here") -> str:
    """The same at a command line."""
    where = " --on scratch" if on == "scratch" else ""
    return f"opsmig rehearse {revision or ''}".rstrip() + where


async def rehearse(workspace: Workspace, plan: RehearsalPlan) -> RehearseResult:
    """Does what was planned; output streams, and the state keeps the result.

    A leg that fails raises nothing: it is what was to be found. Raises WorkerFailed where it could
    not begin or was cancelled, OpsmigError.
    """
    refuse_when_read_only(workspace, "rehearse")
    name = command(plan.revisions[0] if len(plan.revisions) == 1 else None, plan.on)
    workspace.log_command(name)
    async with reported(workspace, "rehearse", name) as reporter:
        reporter.dropped = plan.on == "scratch"
        if reporter.dropped:
            result = await workspace.scratches.rehearse(plan.plan, _request(plan), reporter)
        else:
            async with workspace.workers.rehearsing() as client:
                result = await seen_legs.send(client, plan.plan, _request(plan), reporter, plan.on)
        _say_end(reporter, result)
    workspace.dispatch(Rehearsed(Rehearsal(plan.plan, result)))
    return result


def _request(plan: RehearsalPlan) -> Rehearse:
    run = apply.run_request(plan.plan)
    return Rehearse(
        run.direction, run.target, run.expected, run.steps, run.digests, seconds=plan.seconds
    )


def passed(result: RehearseResult) -> bool:
    """Every leg went well and every downgrade took back what its upgrade had done."""
    clean = not any(trip.residue.before or trip.residue.after for trip in result.round_trips)
    return not result.refused and clean and all(leg.outcome == "ok" for leg in result.legs)


def would_on_scratch(result: RehearseResult) -> bool:
    """Whether what kept it from being rehearsed here does not keep it from a scratch database."""
    if result.on == "scratch":
        return False
    held_off = any(leg.outcome in ("refused", "stopped") for leg in result.legs)
    return held_off or ELSEWHERE in result.refused


def _say_end(reporter: RunReporter, result: RehearseResult) -> None:
    from opsmig_tui.worker.protocol import Failed

    if result.refused:
        reporter.fail(Failed("refused", result.refused))
        return
    bad = next((leg for leg in result.legs if leg.outcome != "ok"), None)
    if bad is not None:
        told = bad.failed or Failed("refused", f"{bad.direction} of {bad.revision} {bad.outcome}")
        stopped = bad.outcome == "stopped"
        reporter.fail(replace(told, current=result.current), "stopped" if stopped else None)
        return
    legs = f"{len(result.legs)} legs in {apply.seconds(result.elapsed_ms)}"
    left = "" if passed(result) else "; a downgrade leaves something behind"
    kept = "nothing stays" if result.unchanged else "LOOK AT THE DATABASE: it is not as before"
    if result.current is None:
        kept = "the database could not be asked afterwards"
    if result.on == "scratch" and result.unchanged:
        kept = f"{result.copy.partition(',')[0]}; yours is as before"
    reporter.succeed(f"rehearsed: {legs}{left}; {kept}")

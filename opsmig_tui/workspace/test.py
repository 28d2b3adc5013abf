"""Testing a revision as people do by hand: upgrade, look, downgrade one step, upgrade again."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Failed, Plan, PlanResult, Run, RunResult
from opsmig_tui.workspace import apply
from opsmig_tui.workspace.confirm import Confirmation
from opsmig_tui.workspace.failure_text import failure_details, position
from opsmig_tui.workspace.guards import (
    refuse_when_read_only,
    refuse_when_untrusted,
    refuse_while_running,
)
from opsmig_tui.workspace.running import RunReporter, reported

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


@dataclass(frozen=True)
class TestPlan:
    """What would be tested. `pending`: it is applied first; else it is applied already."""

    __test__ = False

    revision: str
    pending: bool
    first: PlanResult
    confirmation: Confirmation


@dataclass(frozen=True)
class Leg:
    """One run or look. `failed` is the worker's whole answer where it failed there."""

    name: str
    ok: bool
    elapsed_ms: float
    text: str = ""
    failed: Failed | None = None


@dataclass(frozen=True)
class TestReport:
    """`text` is the report as lines; the database is left upgraded when `ok`.

    `stands` says in words where it stands at the end.
    """

    __test__ = False

    revision: str
    legs: tuple[Leg, ...]
    cancelled: bool = False
    stands: str = ""

    @property
    def ok(self) -> bool:
        return all(leg.ok for leg in self.legs)

    @property
    def text(self) -> str:
        lines = []
        for leg in self.legs:
            sign = "✓" if leg.ok else "✖"
            line = f"{sign} {leg.name:<16} {apply.seconds(leg.elapsed_ms):>8}  {leg.text}"
            lines.append(line.rstrip())
        if not self.ok and self.stands:
            lines.append(f"The test stopped there; {self.stands}.")
        return "\n".join(lines)


async def plan_test(workspace: Workspace, revision: str | None = None) -> TestPlan:
    """Which revision, and the question to put. Default: the next pending one, else the current.

    Raises OpsmigError for any other revision, WorkerFailed.
    """
    refuse_when_read_only(workspace, "test a revision")
    refuse_while_running(workspace)
    refuse_when_untrusted(workspace, "test a revision")
    await workspace.refresh("history", "status")
    chosen, pending = _choose(workspace, revision)
    direction: apply.Direction = "upgrade" if pending else "downgrade"
    first = await apply.plan(workspace, direction, _target(workspace, direction, chosen))
    if [step.revision for step in first.steps] != [chosen]:
        steps = ", ".join(step.revision for step in first.steps)
        raise OpsmigError(
            f"Testing {chosen} would also {direction} other revisions ({steps}).",
            hint="Test the next pending or the current revision.",
        )
    question = apply.confirmation(workspace, first)
    question = replace(
        question,
        title=f"Test {chosen}: upgrade, downgrade one step, upgrade again",
        command=f"opsmig test {chosen}",
        destructive=True,
        typed=question.typed or chosen,
        typed_what=question.typed_what or "the revision",
        warnings=(*question.warnings, *_warnings(first, pending)),
    )
    return TestPlan(chosen, pending, first, question)


def _target(workspace: Workspace, direction: apply.Direction, revision: str) -> str:
    """What to ask alembic for: one step of this revision, also where several branches stand."""
    if direction == "upgrade":
        return revision
    return f"{revision}@-1" if len(workspace.state.current or ()) > 1 else "-1"


def _warnings(first: PlanResult, pending: bool) -> tuple[str, ...]:
    """What the downgrade in the middle takes away again; of an applied revision the plan says it,
    with its rows."""
    if not pending:
        return ()
    undone = apply.dangers_of(replace(first.steps[0], direction="downgrade"))
    what = f": it {', '.join(undone)}" if undone else ""
    return (f"The downgrade in the middle undoes it, with what it holds by then{what}.",)


def _choose(workspace: Workspace, revision: str | None) -> tuple[str, bool]:
    from opsmig_tui.history.targets import resolve
    from opsmig_tui.services.worker_client import WorkerFailed

    status, history = workspace.state.status, workspace.state.history
    if status.failure is not None:
        raise WorkerFailed(status.failure)
    value = status.value
    if value is None or status.phase == "failed" or history.value is None:
        raise OpsmigError(f"Cannot test: {status.problem or history.problem}.")
    next_pending = value.pending[:1]
    current = workspace.state.current or ()
    if revision is None:
        choice = (*next_pending, *current)
        if not choice:
            raise OpsmigError("Nothing to test: there is no pending and no current revision.")
        return choice[0], bool(next_pending)
    wanted = resolve(history.value.history, revision).revision
    if wanted in next_pending or wanted in current:
        return wanted, wanted in next_pending
    may = " or ".join((*next_pending, *current)) or "none"
    raise OpsmigError(
        f"Only the next pending or the current revision can be tested: {may}, not {wanted}."
    )


async def run_test(workspace: Workspace, plan: TestPlan) -> TestReport:
    """Runs the legs, stops at the first that fails, and reports; a failing leg raises nothing.

    Raises OpsmigError when it may not run at all.
    """
    from opsmig_tui.services.worker_client import WorkerFailed

    refuse_when_read_only(workspace, "test a revision")
    refuse_while_running(workspace)
    workspace.log_command(plan.confirmation.command)
    legs: list[Leg] = []
    try:
        async with reported(workspace, "test", plan.confirmation.command) as reporter:
            await _run_legs(workspace, plan, reporter, legs)
            last = legs[-1]
            if last.ok:
                reporter.succeed(f"{plan.revision} upgrades, downgrades and upgrades again")
            else:
                reporter.fail(last.failed or Failed("identity", f"{last.name}: {last.text}"))
    except WorkerFailed as error:
        legs.append(Leg("stopped", False, 0.0, error.failed.message))
    await apply.read_position_again(workspace)
    reporter.say_position()
    cancelled = reporter.view.phase == "cancelled"
    return TestReport(plan.revision, tuple(legs), cancelled, _stands(workspace))


def _stands(workspace: Workspace) -> str:
    if workspace.state.status.phase != "ready":
        return f"where the database stands could not be read: {workspace.state.status.problem}"
    return f"the database stands at {position(workspace.state.current or ())}"


async def _run_legs(
    workspace: Workspace, plan: TestPlan, reporter: RunReporter, legs: list[Leg]
) -> None:
    """Appends each run and the look at where it led, up to the first that is not as it should be.

    One worker runs them all: each would have to import the project's models again.
    """
    directions: list[apply.Direction] = ["downgrade", "upgrade"]
    if plan.pending:
        directions = ["upgrade", "downgrade", "upgrade"]
    confirmed: PlanResult | None = plan.first
    async with workspace.workers.runner() as client:
        send = partial(reporter.send, client)
        for direction in directions:
            legs += await _leg(workspace, plan, direction, confirmed, send)
            confirmed = None
            if not legs[-1].ok:
                return


async def _leg(
    workspace: Workspace,
    test: TestPlan,
    direction: apply.Direction,
    confirmed: PlanResult | None,
    send: Callable[[Run], Awaitable[object]],
) -> list[Leg]:
    """One run, and where it led. Later ones are planned anew, for the one revision."""
    from opsmig_tui.services.worker_client import WorkerFailed

    began = time.perf_counter()
    try:
        plan = confirmed or await _plan_leg(workspace, test.first, direction)
        result = cast(RunResult, await send(apply.run_request(plan)))
    except WorkerFailed as error:
        details = "; ".join([error.failed.message, *failure_details(error.failed)])
        took = (time.perf_counter() - began) * 1000
        return [Leg(direction, False, took, details, error.failed)]
    except OpsmigError as error:
        return [Leg(direction, False, (time.perf_counter() - began) * 1000, str(error))]
    await workspace.refresh("status")
    ran = Leg(direction, True, result.elapsed_ms)
    return [ran, _verify(workspace, test.revision, direction, result)]


async def _plan_leg(
    workspace: Workspace, first: PlanResult, direction: apply.Direction
) -> PlanResult:
    """The plan of a later leg: for the one file and the database of the first, or OpsmigError."""
    (confirmed,) = first.steps
    revision = confirmed.revision
    target = _target(workspace, direction, revision)
    reader = await workspace.workers.reader()
    plan = cast(PlanResult, await reader.request(Plan(direction, target)))
    steps = [step.revision for step in plan.steps]
    if steps != [revision]:
        would = ", ".join(steps) or "nothing"
        raise OpsmigError(f"The {direction} would now run {would}, not {revision}.")
    if [one.identity for one in plan.databases] != [one.identity for one in first.databases]:
        raise OpsmigError(
            f"The {direction} would now reach {apply.database_text(plan)}, "
            f"not {apply.database_text(first)}."
        )
    if plan.steps[0].digest != confirmed.digest:
        raise OpsmigError(f"{Path(confirmed.path).name} has changed since it was confirmed.")
    return plan


def _verify(
    workspace: Workspace, revision: str, direction: apply.Direction, result: RunResult
) -> Leg:
    """The position as the resident worker reads it, on a connection of its own."""
    status = workspace.state.status
    if status.phase != "ready" or status.value is None:
        return Leg("verify current", False, 0.0, _stands(workspace))
    current = workspace.state.current or ()
    there = (revision in current) is (direction == "upgrade") and current == result.current
    return Leg("verify current", there, status.value.elapsed_ms, _stands(workspace))

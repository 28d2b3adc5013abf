"""Testing a revision as people do by hand: upgrade, look, downgrade one step, upgrade again."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Plan, PlanResult, RunResult
from opsmig_tui.workspace import apply
from opsmig_tui.workspace.confirm import Confirmation
from opsmig_tui.workspace.guards import refuse_when_read_only, refuse_when_untrusted
from opsmig_tui.workspace.running import RunReporter, failure_details, position

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
    name: str
    ok: bool
    elapsed_ms: float
    text: str = ""


@dataclass(frozen=True)
class TestReport:
    """`text` is the report as lines; the database is left upgraded when `ok`."""

    __test__ = False

    revision: str
    legs: tuple[Leg, ...]

    @property
    def ok(self) -> bool:
        return all(leg.ok for leg in self.legs)

    @property
    def text(self) -> str:
        lines = []
        for leg in self.legs:
            sign = "✓" if leg.ok else "✖"
            lines.append(f"{sign} {leg.name:<16} {apply.seconds(leg.elapsed_ms):>8}  {leg.text}")
        return "\n".join(lines)


async def plan_test(workspace: Workspace, revision: str | None = None) -> TestPlan:
    """Which revision, and the question to put. Default: the next pending one, else the current.

    Raises OpsmigError for any other revision, WorkerFailed.
    """
    refuse_when_read_only(workspace, "test a revision")
    refuse_when_untrusted(workspace, "test a revision")
    await workspace.refresh("status")
    chosen, pending = _choose(workspace, revision)
    direction: apply.Direction = "upgrade" if pending else "downgrade"
    first = await apply.plan(workspace, direction, chosen if pending else "-1")
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
        warnings=(*question.warnings, *_warnings(workspace, pending)),
    )
    return TestPlan(chosen, pending, first, question)


def _warnings(workspace: Workspace, pending: bool) -> tuple[str, ...]:
    if pending:
        return ("The downgrade in the middle undoes it on this database, with what it holds.",)
    return ()


def _choose(workspace: Workspace, revision: str | None) -> tuple[str, bool]:
    from opsmig_tui.history.targets import resolve

    value = workspace.state.status.value
    if value is None or workspace.state.history.value is None:
        raise OpsmigError(f"Cannot test: {workspace.state.status.problem}.")
    next_pending = value.pending[:1]
    current = workspace.state.current or ()
    if revision is None:
        choice = (*next_pending, *current)
        if not choice:
            raise OpsmigError("Nothing to test: there is no pending and no current revision.")
        return choice[0], bool(next_pending)
    wanted = resolve(workspace.state.history.value.history, revision).revision
    if wanted in next_pending or wanted in current:
        return wanted, wanted in next_pending
    may = " or ".join((*next_pending, *current)) or "none"
    raise OpsmigError(
        f"Only the next pending or the current revision can be tested: {may}, not {wanted}."
    )


async def run_test(workspace: Workspace, plan: TestPlan) -> TestReport:
    """Runs the legs, stops at the first that fails, and reports; never raises for a failing leg."""
    reporter = RunReporter(workspace, "test", plan.confirmation.command)
    legs: list[Leg] = []
    directions: list[apply.Direction] = ["downgrade", "upgrade"]
    if plan.pending:
        directions = ["upgrade", "downgrade", "upgrade"]
    expected: PlanResult | None = plan.first
    for direction in directions:
        legs += await _leg(workspace, plan.revision, direction, expected, reporter)
        expected = None
        if not legs[-1].ok:
            break
    report = TestReport(plan.revision, tuple(legs))
    if report.ok:
        reporter.succeed(f"{plan.revision} upgrades, downgrades and upgrades again")
    return report


async def _leg(
    workspace: Workspace,
    revision: str,
    direction: apply.Direction,
    confirmed: PlanResult | None,
    reporter: RunReporter,
) -> list[Leg]:
    """One run and the look at where it led. Later legs are planned anew, for the one revision."""
    from opsmig_tui.services.worker_client import WorkerFailed

    began = time.perf_counter()
    try:
        plan = confirmed or await _plan_leg(workspace, revision, direction)
        result = await apply.run_step(workspace, plan, reporter)
    except WorkerFailed as error:
        if reporter.view.active:
            reporter.fail(error.failed)
        details = "; ".join([error.failed.message, *failure_details(error.failed)])
        return [Leg(direction, False, (time.perf_counter() - began) * 1000, details)]
    ran = Leg(direction, True, result.elapsed_ms)
    return [ran, _verify(workspace, revision, direction, result)]


async def _plan_leg(workspace: Workspace, revision: str, direction: apply.Direction) -> PlanResult:
    target = revision if direction == "upgrade" else "-1"
    plan = cast(PlanResult, await workspace.pool.reader().request(Plan(direction, target)))
    steps = [step.revision for step in plan.steps]
    if steps != [revision]:
        raise OpsmigError(f"The {direction} would now run {steps or 'nothing'}, not {revision}.")
    return plan


def _verify(
    workspace: Workspace, revision: str, direction: apply.Direction, result: RunResult
) -> Leg:
    """The position as the resident worker reads it, on a connection of its own."""
    current = workspace.state.current or ()
    there = (revision in current) is (direction == "upgrade")
    elapsed = workspace.state.status.value.elapsed_ms if workspace.state.status.value else 0.0
    text = f"the database stands at {position(current)}"
    return Leg("verify current", there and current == result.current, elapsed, text)

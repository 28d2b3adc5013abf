"""The legs of a rehearsal as its events told them, for when the worker dies before its answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from opsmig_tui.worker.protocol import (
    Event,
    Failed,
    PlanResult,
    Rehearse,
    RehearsedLeg,
    RehearsedStatement,
    RehearseResult,
    SqlEnd,
    SqlStart,
    StepEnd,
    StepStart,
)

if TYPE_CHECKING:
    from opsmig_tui.services.worker_client import WorkerClient
    from opsmig_tui.workspace.running import RunReporter


class SeenLegs:
    """Takes a worker's events. What it never heard of (locks, changes, losses) is not in them."""

    def __init__(self, plan: PlanResult) -> None:
        self._paths = {step.revision: step.path for step in plan.steps}
        self._legs: list[RehearsedLeg] = []

    def __call__(self, event: Event) -> None:
        if isinstance(event, StepStart):
            path = self._paths.get(event.revision, "")
            # Not at its end yet: that is what it is if nothing more comes.
            leg = RehearsedLeg(event.revision, event.direction, path, "failed", 0.0)
            self._legs.append(leg)
        elif self._legs and isinstance(event, StepEnd):
            self._legs[-1] = replace(self._legs[-1], outcome="ok", elapsed_ms=event.elapsed_ms)
        elif self._legs and isinstance(event, (SqlStart, SqlEnd)):
            self._legs[-1] = _with_statement(self._legs[-1], event)

    def result(self, failed: Failed, on: str) -> RehearseResult | None:
        """The legs, the last one `failed`. None where no leg was under way."""
        if not self._legs or self._legs[-1].outcome == "ok":
            return None
        last = self._legs[-1]
        if last.statements:
            one = last.statements[-1]
            failed = replace(failed, statement=one.sql, file=one.file, line=one.line)
        legs = (*self._legs[:-1], replace(last, failed=failed))
        return RehearseResult(legs, on=on)


def _with_statement(leg: RehearsedLeg, event: SqlStart | SqlEnd) -> RehearsedLeg:
    if isinstance(event, SqlStart):
        one = RehearsedStatement(event.sql, event.file, event.line, 0.0)
        return replace(leg, statements=(*leg.statements, one))
    if not leg.statements:
        return leg
    done = replace(leg.statements[-1], elapsed_ms=event.elapsed_ms, rows=event.rows)
    return replace(leg, statements=(*leg.statements[:-1], done))


async def send(
    client: WorkerClient,
    plan: PlanResult,
    request: Rehearse,
    reporter: RunReporter,
    on: str,
) -> RehearseResult:
    """The worker's result; where it died in a leg, the legs seen so far. Raises WorkerFailed."""
    from opsmig_tui.services.worker_client import WorkerFailed

    seen = SeenLegs(plan)
    try:
        return cast(RehearseResult, await reporter.send(client, request, also=seen))
    except WorkerFailed as error:
        found = seen.result(error.failed, on) if error.failed.kind == "crash" else None
        if found is None:
            raise
        return found

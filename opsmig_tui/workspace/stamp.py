"""Stamp: say where a database stands, without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import DatabaseStatus, PlanStamp, Stamp, StampPlan, StampResult
from opsmig_tui.workspace.apply import changing, identity_text, places_of
from opsmig_tui.workspace.confirm import Confirmation
from opsmig_tui.workspace.failure_text import position
from opsmig_tui.workspace.guards import (
    refuse_when_read_only,
    refuse_when_untrusted,
    refuse_while_running,
)
from opsmig_tui.workspace.protection import read_protection

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

MOST_NAMED = 6


async def plan_stamp(
    workspace: Workspace, targets: tuple[str, ...], *, purge: bool = False
) -> StampPlan:
    """What the version table would say, asked of alembic. Nothing is changed.

    Raises OpsmigError when it says so already or it may not be done, WorkerFailed when alembic or
    the database refuses.
    """
    found = await ask_plan(workspace, "stamp", PlanStamp(targets, purge))
    if all(set(one.current) == set(rows) for one, rows in _both(found)):
        at = position(tuple(row for rows in found.after for row in rows))
        raise OpsmigError(f"Nothing to stamp: the database stands at {at}.", exit_status=0)
    if found.lost:
        await workspace.refresh("status")  # and with it what git tells of the ghosts
    return found


async def ask_plan(workspace: Workspace, doing: str, request: PlanStamp) -> StampPlan:
    """alembic's answer. Raises OpsmigError where `doing` is not allowed, WorkerFailed."""
    refuse_when_read_only(workspace, doing)
    refuse_while_running(workspace)
    refuse_when_untrusted(workspace, doing)
    await read_protection(workspace)
    workspace.workers.prepare_runner()
    if workspace.state.container.value is None:
        await workspace.refresh("container")
    reader = await workspace.workers.reader(fresh=True)
    return cast(StampPlan, await reader.request(request))


def confirmation(workspace: Workspace, plan: StampPlan) -> Confirmation:
    """The question to put before `run_stamp(plan)`. A wrong stamp is noticed late: it always wants
    something typed."""
    care = places_of(workspace, [one.identity for one in plan.databases])
    notes = []
    for one, rows in _both(plan):
        name = f"{one.identity.database}: " if len(plan.databases) > 1 else ""
        notes.append(f"{name}{one.version_table} says {position(one.current)}; then it would say ")
        notes[-1] += f"{position(rows)}. No migration runs, the schema stays as it is."
    warnings = list(care.warnings)
    if skipped := _skipped(workspace, plan):
        warnings.append(f"Would count as applied without having run: {_listed(skipped)}.")
    if plan.dropped:
        warnings.append(
            f"Would count as not applied, though what they made stays: {_listed(plan.dropped)}."
        )
    if plan.lost:
        text = "Forgotten, with no file that could undo it" if len(plan.lost) == 1 else "Forgotten"
        warnings.append(f"{text}: {_listed(plan.lost)}.")
    typed, typed_what = " ".join(plan.targets), "what it is stamped with"
    if care.wants_name:
        typed, typed_what = care.name, "the database's name"
    return Confirmation(
        title=f"Stamp {' '.join(plan.targets)}",
        database=", ".join(identity_text(one.identity) for one in plan.databases),
        command=plan.command,
        warnings=tuple(warnings),
        notes=tuple(notes),
        typed=typed,
        typed_what=typed_what,
        destructive=True,
        local=care.local,
        name=care.name,
    )


async def run_stamp(workspace: Workspace, plan: StampPlan) -> StampResult:
    """Does exactly what was confirmed; compared and locked as an upgrade is, and logged.

    Raises WorkerFailed (already reported in the output), OpsmigError.
    """
    request = Stamp(plan.targets, plan.purge, plan.databases, plan.after)
    async with changing(workspace, "stamp", plan.command) as reporter:
        async with workspace.workers.runner() as client:
            result = cast(StampResult, await reporter.send(client, request))
        reporter.succeed(f"stamped; the database stands at {position(result.current)}")
    return result


def _skipped(workspace: Workspace, plan: StampPlan) -> tuple[str, ...]:
    """What alembic does not know to have run. What a ghost stands on has, as git tells."""
    applied = workspace.state.applied
    now = {row for one in plan.databases for row in one.current}
    if not plan.lost or applied is None or now != set(workspace.state.current or ()):
        return plan.skipped
    return tuple(one for one in plan.skipped if one not in applied)


def _both(plan: StampPlan) -> list[tuple[DatabaseStatus, tuple[str, ...]]]:
    return list(zip(plan.databases, plan.after, strict=True))


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")

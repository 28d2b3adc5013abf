"""alembic's version table, made where it is missing: ``alembic ensure_version``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import PlanStamp, Stamp, StampPlan
from opsmig_tui.workspace.apply import changing, identity_text, places_of
from opsmig_tui.workspace.confirm import Confirmation
from opsmig_tui.workspace.failure_text import position
from opsmig_tui.workspace.stamp import ask_plan

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

COMMAND = "alembic ensure_version"
# A database that stands at no revision stays there: of a stamp only the table is left to do.
NOWHERE = ("base",)


async def plan_version_table(workspace: Workspace) -> StampPlan:
    """Nothing is changed. Raises OpsmigError where a revision is applied, so that the table is
    there, or it may not be made, and WorkerFailed."""
    plan = await ask_plan(workspace, "make the version table", PlanStamp(NOWHERE, False))
    for one in plan.databases:
        if one.current:
            at = f"{identity_text(one.identity)} stands at {position(one.current)}"
            raise OpsmigError(f"{one.version_table} is there: {at}.", exit_status=0)
    return plan


def confirmation(workspace: Workspace, plan: StampPlan) -> Confirmation:
    """The question to put before `make_version_table(plan)`."""
    care = places_of(workspace, [one.identity for one in plan.databases])
    tables = ", ".join(dict.fromkeys(one.version_table for one in plan.databases))
    return Confirmation(
        title="Make the version table",
        database=", ".join(identity_text(one.identity) for one in plan.databases),
        command=COMMAND,
        warnings=care.warnings,
        notes=(f"Makes {tables} where it is missing; no migration runs.",),
        typed=care.name if care.wants_name else None,
        typed_what="the database's name",
        local=care.local,
        name=care.name,
    )


async def make_version_table(workspace: Workspace, plan: StampPlan) -> None:
    """Raises WorkerFailed (already reported in the output), OpsmigError."""
    request = Stamp(NOWHERE, False, plan.databases, plan.after)
    doing = "make the version table"
    async with changing(workspace, "ensure_version", COMMAND, doing) as reporter:
        async with workspace.workers.runner() as client:
            await reporter.send(client, request)
        reporter.succeed("the version table is there")

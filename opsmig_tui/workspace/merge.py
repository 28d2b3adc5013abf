"""Merging heads: a revision with several parents, written by alembic itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from opsmig_tui.worker.protocol import CreatePlan, CreateResult, Merge, PlanMerge
from opsmig_tui.workspace.guards import (
    refuse_when_read_only,
    refuse_when_untrusted,
    refuse_while_running,
)
from opsmig_tui.workspace.running import reported

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

SHORT = 12


def default_message(heads: Sequence[str]) -> str:
    """ "merge a1b2c3 and d4e5f6": says more than alembic's "empty message"."""
    return "merge " + " and ".join(head[:SHORT] for head in heads)


async def plan_merge(
    workspace: Workspace,
    heads: Sequence[str],
    message: str = "",
    *,
    revision: str | None = None,
    branch_label: str | None = None,
) -> CreatePlan:
    """The file that alembic would write. Nothing is written. Raises OpsmigError, WorkerFailed."""
    refuse_when_untrusted(workspace, "merge heads")
    workspace.workers.prepare_runner()
    reader = await workspace.workers.reader(fresh=True)
    text = message.strip() or default_message(heads)
    request = PlanMerge(tuple(heads), text, revision, branch_label)
    return cast(CreatePlan, await reader.request(request))


async def merge(workspace: Workspace, heads: Sequence[str], plan: CreatePlan) -> Path:
    """Writes it. Raises WorkerFailed (already reported in the output), OpsmigError."""
    refuse_when_read_only(workspace, "merge heads")
    refuse_while_running(workspace)
    workspace.log_command(plan.command)
    label = plan.placing.branch_label
    request = Merge(tuple(heads), plan.message, plan.revision, plan.created, label)
    try:
        async with (
            reported(workspace, "merge", plan.command) as reporter,
            workspace.workers.runner() as client,
        ):
            result = cast(CreateResult, await reporter.send(client, request))
            assert result.path is not None
            path = Path(result.path)
            reporter.succeed(f"wrote {path.name}")
    finally:
        workspace.read_history()
    await workspace.refresh("git", "status")
    return path

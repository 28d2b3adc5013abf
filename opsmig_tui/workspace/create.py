"""Creating a revision: what would be generated, generating it, and taking it back."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import (
    AT_HEAD,
    Create,
    CreatePlan,
    CreateResult,
    Placing,
    PlanCreate,
)
from opsmig_tui.workspace.guards import (
    refuse_when_read_only,
    refuse_when_untrusted,
    refuse_while_running,
)
from opsmig_tui.workspace.running import RunReporter, reported
from opsmig_tui.workspace.state import WorkspaceState

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


async def plan_create(
    workspace: Workspace,
    message: str,
    *,
    autogenerate: bool = True,
    revision: str | None = None,
    placing: Placing = AT_HEAD,
) -> CreatePlan:
    """The file name alembic will give it, and what will be in it. Nothing is written.

    Without `autogenerate` an empty revision: neither models nor database are asked. `revision` is
    the id where it is not made up.

    Raises OpsmigError for an empty message, WorkerFailed.
    """
    if not message.strip():
        raise OpsmigError("A revision needs a message: say in a few words what it changes.")
    refuse_when_untrusted(workspace, "create a revision")
    workspace.workers.prepare_runner()
    reader = await workspace.workers.reader(fresh=True)
    request = PlanCreate(message.strip(), autogenerate, revision, placing)
    answer = await reader.request(request)
    return replace(cast(CreatePlan, answer), message=message.strip())


async def create(workspace: Workspace, plan: CreatePlan) -> Path | None:
    """Generates the file through alembic itself. None: nothing to generate, no file was left.

    Raises WorkerFailed (already reported in the output), OpsmigError.
    """
    refuse_when_read_only(workspace, "create a revision")
    refuse_while_running(workspace)
    workspace.log_command(plan.command)
    request = Create(
        plan.message, plan.revision, plan.autogenerate, plan.created or None, plan.placing
    )
    try:
        async with reported(workspace, "create", plan.command) as reporter:
            path = await _create(workspace, request, reporter)
    finally:
        workspace.read_history()
    await workspace.refresh("git", "status")
    return path


async def _create(workspace: Workspace, request: Create, reporter: RunReporter) -> Path | None:
    async with workspace.workers.runner() as client:
        result = cast(CreateResult, await reporter.send(client, request))
        path = Path(result.path) if result.path else None
        nothing = "the models match the database: no file was written"
        reporter.succeed(f"wrote {path.name}" if path is not None else nothing)
        return path


def why_not_discard(workspace: Workspace, path: Path) -> str:
    """Why a revision file may not be thrown away, or "" when it may: it must be new to git, the
    database must not stand on it, and no other revision may."""
    state = workspace.state
    if state.read_only:
        return "read-only"
    if state.running:
        return "something is still running"
    view = state.history.value
    revision = next((r for r in view.history.revisions if r.path == path), None) if view else None
    if revision is None or view is None:
        return f"{path.name} is not a revision file of this project"
    if above := view.history.children.get(revision.revision):
        return f"{', '.join(above)} stands on it: discard that first"
    if state.applied is None or state.status.phase == "failed":
        return "it is not known whether it is applied: the database has not answered"
    if revision.revision in state.applied:
        return "it is applied: downgrade first"
    return _why_git_needs_it(state, path)


def _why_git_needs_it(state: WorkspaceState, path: Path) -> str:
    if state.project.repository is None:
        return ""
    git = state.git.value
    if git is None or git.branch is None or state.git.phase == "failed":
        return "git has not answered yet"
    if not git.branch.name:
        return f"git cannot tell whether it is committed: {git.branch.problem}"
    if git.marks.get(path, "ignored") not in ("untracked", "staged", "ignored"):
        return "it is committed: that is for git to undo"
    return ""


async def discard(workspace: Workspace, path: Path) -> None:
    """Deletes a revision file nobody has applied or committed.

    Raises OpsmigError saying why not; the file then stands as it was.
    """
    from opsmig_tui.services import git

    await workspace.refresh("history", "git", "status")
    if reason := why_not_discard(workspace, path):
        raise OpsmigError(f"Not discarded: {reason}.")
    repository = workspace.project.repository
    # "staged" may be a new file or a committed one: what HEAD has decides.
    if repository is not None and await git.committed_text(repository, path) is not None:
        raise OpsmigError("Not discarded: it is committed: that is for git to undo.")
    workspace.log_command(f"rm {shlex.quote(path.name)}")
    try:
        path.unlink()
    except OSError as error:
        raise OpsmigError(f"Not discarded: {path}: {error.strerror}.") from error
    await workspace.refresh("history", "git", "status")

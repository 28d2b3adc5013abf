"""Creating a revision: pre-flight, what would be generated, generating it, and taking it back."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Create, CreatePlan, CreateResult, PlanCreate
from opsmig_tui.workspace.guards import (
    refuse_when_read_only,
    refuse_when_untrusted,
    refuse_while_running,
)
from opsmig_tui.workspace.running import RunReporter, position, reported
from opsmig_tui.workspace.state import WorkspaceState
from opsmig_tui.workspace.status import lost

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


@dataclass(frozen=True)
class Check:
    """One line of the pre-flight. It is yielded twice: as "running", then with its result.

    `offer` names what would mend it: "start" the database, or "upgrade" it first.
    """

    name: str
    state: Literal["running", "ok", "warning", "failed"]
    text: str = ""
    offer: Literal["", "start", "upgrade"] = ""


async def preflight(workspace: Workspace) -> AsyncIterator[Check]:
    """Everything that should be so before autogenerate runs. Ends early where the rest depends on
    what failed. Raises OpsmigError when creating is not allowed at all."""
    refuse_when_read_only(workspace, "create a revision")
    refuse_while_running(workspace)
    refuse_when_untrusted(workspace, "create a revision")
    config = workspace.project.config
    yield Check("config", "ok", f"{config.path.name} in {config.root.name}/")
    yield Check("database", "running", "asking for its position …")
    await workspace.refresh("status")
    if workspace.state.status.phase == "failed" and workspace.state.container.value is None:
        await workspace.refresh("container")  # whether starting it can be offered
    reached = _database_check(workspace)
    yield reached
    if reached.state == "failed":
        return
    at_head = _head_check(workspace)
    yield at_head
    yield Check("models", "running", "comparing with git …")
    await workspace.refresh("git")
    yield _models_check(workspace)
    if at_head.state == "failed":
        return
    yield Check("autogenerate", "running", "comparing the models with the database …")
    await workspace.refresh("drift")
    yield _drift_check(workspace)


def _database_check(workspace: Workspace) -> Check:
    status = workspace.state.status
    if status.phase == "failed" or not workspace.state.database:
        docker = workspace.state.container.value
        startable = docker is not None and docker.available and docker.container is not None
        offer: Literal["", "start"] = "start" if startable else ""
        return Check("database", "failed", status.problem or "env.py reached no database", offer)
    from opsmig_tui.workspace.apply import identity_text

    return Check("database", "ok", identity_text(workspace.state.database.identity))


def _head_check(workspace: Workspace) -> Check:
    value = workspace.state.status.value
    assert value is not None
    if text := lost(workspace.state):
        return Check("at head", "failed", text)
    if len(value.heads) > 1:
        heads = ", ".join(value.heads)
        return Check("at head", "failed", f"{len(value.heads)} heads ({heads}): merge them first")
    if value.pending:
        count = len(value.pending)
        text = f"{count} pending revision{'s' if count > 1 else ''} must be applied first"
        return Check("at head", "failed", text, "upgrade")
    return Check("at head", "ok", position(workspace.state.current or ()))


def _models_check(workspace: Workspace) -> Check:
    view = workspace.state.git.value
    if view is None or workspace.state.git.phase == "failed":
        return Check("models", "warning", workspace.state.git.problem)
    if not view.changes and view.problem:
        return Check("models", "warning", view.problem)
    if not view.changes:
        return Check("models", "warning", "no model file is changed on this branch")
    count = len(view.changes)
    names = ", ".join(change.path.name for change in view.changes[:3])
    more = f" and {count - 3} more" if count > 3 else ""
    return Check("models", "ok", f"{count} changed: {names}{more}")


def _drift_check(workspace: Workspace) -> Check:
    drift = workspace.state.drift
    if drift.phase == "failed" or drift.value is None:
        return Check("autogenerate", "failed", drift.problem)
    unseen = sum(one.kind == "enum-value" for one in drift.value.operations)
    count = len(drift.value.operations) - unseen
    more = f"; {unseen} new enum value{'s' if unseen > 1 else ''} it does not see" if unseen else ""
    if not count:
        text = f"the models match the database: nothing to generate{more}"
        return Check("autogenerate", "warning", text)
    what = f"{count} operation{'s' if count > 1 else ''} to generate"
    return Check("autogenerate", "ok", what + more)


async def plan_create(workspace: Workspace, message: str) -> CreatePlan:
    """The file name alembic will give it, and what will be in it. Nothing is written.

    Raises OpsmigError for an empty message, WorkerFailed.
    """
    if not message.strip():
        raise OpsmigError("A revision needs a message: say in a few words what it changes.")
    refuse_when_untrusted(workspace, "create a revision")
    workspace.workers.prepare_runner()
    reader = await workspace.workers.reader(fresh=True)
    answer = await reader.request(PlanCreate(message.strip()))
    return replace(cast(CreatePlan, answer), message=message.strip())


async def create(workspace: Workspace, plan: CreatePlan) -> Path | None:
    """Generates the file through alembic itself. None: nothing to generate, no file was left.

    Raises WorkerFailed (already reported in the output), OpsmigError.
    """
    refuse_when_read_only(workspace, "create a revision")
    refuse_while_running(workspace)
    workspace.log_command(plan.command)
    request = Create(plan.message, plan.revision, created=plan.created or None)
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

"""Reading the parts of the state that services answer: git, container, database, drift."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Drift, DriftResult, Failed, Status, StatusResult
from opsmig_tui.workspace.state import (
    Answered,
    Began,
    GitView,
    LocalityKnown,
    Part,
    Unanswered,
    WorkspaceState,
)

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

NOT_TRUSTED = "not asked: this project's code is not trusted yet"


async def refresh(workspace: Workspace, part: Part) -> None:
    """Reads one part again. A problem ends in the state, never in an exception."""
    if part == "history":
        workspace.read_history()
        return
    if part in ("status", "drift") and not workspace.state.trusted:
        workspace.dispatch(Unanswered(part, NOT_TRUSTED))
        return
    workspace.dispatch(Began(part))
    try:
        value = await READERS[part](workspace)
    except Exception as error:
        problem, failure = describe(error)
        workspace.dispatch(Unanswered(part, problem, failure))
    else:
        workspace.dispatch(Answered(part, value))
    if part in ("status", "container"):
        _locate(workspace)


def describe(error: Exception) -> tuple[str, Failed | None]:
    """One line for the screen and, from the worker, the whole answer.

    An error nobody foresaw is raised on: hiding a defect as "could not tell" helps nobody.
    """
    from opsmig_tui.services.worker_client import WorkerFailed

    if isinstance(error, WorkerFailed):
        return error.failed.message, error.failed
    if isinstance(error, OpsmigError):
        return " ".join(part for part in (str(error), error.hint) if part), None
    raise error


async def read_status(workspace: Workspace) -> StatusResult:
    """Where the database stands, from the resident worker. Raises WorkerFailed, OpsmigError."""
    workspace.log_command("alembic current")
    return cast(StatusResult, await workspace.pool.reader().request(Status()))


async def read_drift(workspace: Workspace) -> DriftResult:
    """What autogenerate would emit now. Raises WorkerFailed, OpsmigError."""
    workspace.log_command("alembic check")
    return cast(DriftResult, await workspace.pool.reader().request(Drift()))


async def read_container(workspace: Workspace) -> object:
    from opsmig_tui.services.docker import database_container

    return await database_container(workspace.project)


async def read_git(workspace: Workspace) -> GitView:
    """Branch, changed model files and the marks of revision files; without git an empty view."""
    from opsmig_tui.services import git

    project = workspace.project
    if project.repository is None:
        return GitView(problem="not a git repository")
    branch = await git.read_branch(
        project.repository, project.settings.base_branch, log=workspace.log_command
    )
    roots = await asyncio.to_thread(git.model_roots, project)
    changes = await git.model_changes(project.repository, branch, roots, log=workspace.log_command)
    marks = await git.revision_marks(
        project.repository, branch, project.config.version_locations, log=workspace.log_command
    )
    return GitView(branch, marks, changes, branch.problem)


READERS: dict[Part, Callable[[Workspace], Awaitable[object]]] = {
    "git": read_git,
    "container": read_container,
    "status": read_status,
    "drift": read_drift,
}


def _locate(workspace: Workspace) -> None:
    from opsmig_tui.services.locality import locality

    database = workspace.state.database
    if database is None:
        workspace.dispatch(LocalityKnown(None))
        return
    docker = workspace.state.container.value
    container = docker.container if docker is not None else None
    where = locality(database.identity, container, embedded=workspace.project.is_sample)
    workspace.dispatch(LocalityKnown(where))


def drift_count(state: WorkspaceState) -> int | None:
    """Operations autogenerate would emit, None while not known."""
    return None if state.drift.value is None else len(state.drift.value.operations)

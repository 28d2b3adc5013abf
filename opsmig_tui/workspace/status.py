"""Reading the parts of the state that services answer: git, container, database, drift."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Drift, DriftResult, Failed, Identity, Status, StatusResult
from opsmig_tui.workspace import computed
from opsmig_tui.workspace.ahead import read_ahead
from opsmig_tui.workspace.crash import crash_line
from opsmig_tui.workspace.edited import find_edits
from opsmig_tui.workspace.state import (
    Answered,
    Began,
    GitView,
    LocalityKnown,
    Part,
    Staled,
    Unanswered,
    WorkspaceState,
)

if TYPE_CHECKING:
    from opsmig_tui.services.locality import Locality
    from opsmig_tui.services.worker_client import WorkerClient
    from opsmig_tui.worker.protocol import DatabaseStatus
    from opsmig_tui.workspace.workspace import Workspace

NOT_TRUSTED = "not asked: this project's code is not trusted yet"
COMMANDS: dict[Part, str] = {"status": "alembic current", "drift": "alembic check"}


async def refresh(workspace: Workspace, part: Part, *, quiet: bool = False) -> None:
    """Reads one part again. A problem ends in the state, never in an exception.

    `quiet`: nobody asked for it, so neither the command log nor the part's phase tells of it before
    the answer is there.
    """
    if part == "history":
        workspace.read_history()
        return
    if part in COMMANDS and not workspace.state.trusted:
        workspace.dispatch(Unanswered(part, NOT_TRUSTED))
        return
    async with workspace.turns.turn(part) as mine:
        if mine:
            await _read(workspace, part, quiet)


async def _read(workspace: Workspace, part: Part, quiet: bool) -> None:
    from opsmig_tui.workspace.ghosts import look, unknown_of

    before = unknown_of(workspace.state)
    if not quiet:
        again = part == "status" and workspace.state.status.phase == "failed"
        failure = workspace.state.status.failure
        code = failure is not None and failure.kind in ("project", "dependency")
        workspace.dispatch(Began(part))
        flask = workspace.project.config.flask_app is not None
        if part in COMMANDS:
            command = COMMANDS[part]
            workspace.log_command(command.replace("alembic", "flask db") if flask else command)
        if again and (flask or code) and not workspace.state.running:
            # Neither an app nor a module whose import failed is tried twice in one process.
            await workspace.workers.renew()
    try:
        value = await READERS[part](workspace)
    except Exception as error:
        problem, failure = describe(error)
        workspace.dispatch(Unanswered(part, problem, failure))
    else:
        workspace.dispatch(Answered(part, value))
    if part == "drift" and workspace.workers.stale:
        workspace.dispatch(Staled(("drift",)))  # a file was saved while it was compared
    if part in ("status", "container"):
        _locate(workspace)
    if part == "status":
        await computed.ask(workspace)
    if part == "status" and unknown_of(workspace.state) != before:
        await look(workspace)
    if part in ("status", "git"):
        await find_edits(workspace)


def describe(error: Exception) -> tuple[str, Failed | None]:
    """One line for the screen and, from the worker, the whole answer.

    An error nobody foresaw is a defect of ours: the line names it and the file with its traceback,
    and whatever else is shown goes on.
    """
    from opsmig_tui.services.worker_client import WorkerFailed

    if isinstance(error, WorkerFailed):
        return error.failed.message, error.failed
    if isinstance(error, OpsmigError):
        said = str(error).rstrip(".")
        return f"{said}; {error.hint}" if error.hint else str(error), None
    return crash_line(error), None


async def read_status(workspace: Workspace) -> StatusResult:
    """Where the database stands, from the resident worker. Raises WorkerFailed, OpsmigError."""
    reader = await workspace.workers.reader()
    return cast(StatusResult, await _asked(workspace, reader, Status()))


async def read_drift(workspace: Workspace) -> DriftResult:
    """What autogenerate would emit now, by the models as they are on disk.

    Raises WorkerFailed, OpsmigError.
    """
    reader = await workspace.workers.reader(fresh=True)
    return cast(DriftResult, await _asked(workspace, reader, Drift()))


async def _asked(workspace: Workspace, reader: WorkerClient, request: Status | Drift) -> object:
    """An env.py that never returns is interrupted: its traceback then tells where it stood."""
    seconds = workspace.project.settings.env_timeout_seconds
    return await reader.request(request, timeout=seconds, interrupt=True)


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
    ref, files = await git.new_on_base(
        project.repository, branch, project.config.version_locations, log=workspace.log_command
    )
    ahead = await asyncio.to_thread(read_ahead, files)
    found = GitView(branch, marks.by_file, marks.changed, changes, branch.problem, ahead, ref)
    before = workspace.state.git.value
    # Most looks find what was there: the same object spares every pane to compare each file.
    same = before is not None and await asyncio.to_thread(found.__eq__, before)
    return before if before is not None and same else found


async def _read_ghosts(workspace: Workspace) -> object:
    from opsmig_tui.workspace.ghosts import read_ghosts

    return await read_ghosts(workspace)


READERS: dict[Part, Callable[[Workspace], Awaitable[object]]] = {
    "git": read_git,
    "container": read_container,
    "status": read_status,
    "drift": read_drift,
    "ghosts": _read_ghosts,
}


def _locate(workspace: Workspace) -> None:
    database = workspace.state.database
    where = where_is(workspace, database.identity) if database is not None else None
    workspace.dispatch(LocalityKnown(where))


def where_is(workspace: Workspace, identity: Identity) -> Locality:
    """Whether this database is local, by what is known of the project's container."""
    from opsmig_tui.services.locality import locality

    container = workspace.state.service_container
    python = workspace.project.interpreter
    return locality(
        identity,
        container,
        embedded=workspace.project.is_sample,
        inside=python.service if python is not None else "",
    )


def wrong_database(state: WorkspaceState) -> str:
    """Says that env.py's database is not the one in this project's container: one sentence, or "".

    Known before it answers, too: by the address that was tried.
    """
    failure = state.status.failure
    if state.status.phase == "failed" and failure is not None and failure.kind == "connection":
        return not_the_container(state, Identity("postgresql", "", "", failure.host, failure.port))
    return not_the_container(state, state.database.identity) if state.database else ""


def not_the_container(state: WorkspaceState, identity: Identity) -> str:
    """Says that this connection does not lead into the project's container, "" where it does."""
    from opsmig_tui.services.locality import mismatch

    python = state.project.interpreter
    return mismatch(identity, state.service_container, python.service if python else "")


def drift_count(state: WorkspaceState) -> int | None:
    """Operations autogenerate would emit, None while not known."""
    return None if state.drift.value is None else len(state.drift.value.operations)


def behind(state: WorkspaceState) -> str:
    """What has to be known to read the drift: that it holds what pending revisions will do, or "".

    Autogenerate compares the models with the database as it is, pending revisions or not.
    """
    status = state.status.value
    if status is None or not status.pending or not drift_count(state):
        return ""
    count = len(status.pending)
    what = "1 pending revision does" if count == 1 else f"{count} pending revisions do"
    return f"the database is behind: this includes what the {what}"


def place_names(databases: Sequence[DatabaseStatus]) -> tuple[str, ...]:
    """What tells databases, or tenants in the schemas of one, apart: their names, with the version
    table where that is what differs."""
    names = [one.identity.database.rpartition("/")[2] for one in databases]
    if len(set(names)) == len(names):
        return tuple(names)
    return tuple(f"{name}: {one.version_table}" for name, one in zip(names, databases, strict=True))


def lost(state: WorkspaceState) -> str:
    """Why it cannot be told what is pending, or "": revisions in the database that no file has."""
    status = state.status.value
    if status is None or not status.unknown:
        return ""
    return f"the database stands at {', '.join(status.unknown)}, which no revision file here has"

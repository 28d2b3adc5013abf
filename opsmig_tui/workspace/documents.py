"""The JSON documents for scripts. Their shape is promised in the README: only additions keep
`SCHEMA_VERSION`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from opsmig_tui.history.model import History, Revision
from opsmig_tui.services.docker import DockerAnswer
from opsmig_tui.worker.protocol import DatabaseStatus
from opsmig_tui.workspace.ahead import ahead
from opsmig_tui.workspace.ghosts import ghost_document, ghosts_of, ways_out
from opsmig_tui.workspace.state import WorkspaceState
from opsmig_tui.workspace.status import drift_count, lost

SCHEMA_VERSION = 1


def history_document(
    history: History, shown: tuple[Revision, ...], state: WorkspaceState
) -> dict[str, Any]:
    """`history --json`. `applied` and `git` are null where the one or the other was not asked,
    and there are no `ghosts` where the database was not."""
    return {
        "schema_version": SCHEMA_VERSION,
        "revisions": [_revision(history, item, state) for item in shown],
        "ghosts": [ghost_document(one) for one in ghosts_of(state)],
    }


def _revision(history: History, item: Revision, state: WorkspaceState) -> dict[str, Any]:
    applied, git = state.applied, state.git.value
    edited = state.edited.get(item.revision)
    changed = git.changed.get(item.path) if git is not None else None
    return {
        "revision": item.revision,
        "down_revisions": list(item.down_revisions),
        "depends_on": list(item.depends_on),
        "branch_labels": list(item.branch_labels),
        "is_head": item.revision in history.heads,
        "is_base": item.is_base,
        "file": str(item.path),
        "message": item.message,
        "date": item.date,
        "applied": None if applied is None else item.revision in applied,
        "computed": item.computed,
        "git": git.marks.get(item.path) if git is not None else None,
        "differs_from": changed,
        "edited": None if edited is None else asdict(edited),
    }


def status_document(state: WorkspaceState) -> dict[str, Any]:
    """`status --json`. `current`, `pending`, `drift` and `database` are null where the database
    could not be asked, `pending` also where it stands at revisions that no file has; `problem` then
    says why. `heads` are read from the files where alembic could not be asked."""
    status = state.status.value
    history = state.history.value
    heads = status.heads if status is not None else history.history.heads if history else ()
    return {
        "schema_version": SCHEMA_VERSION,
        "current": None if state.current is None else list(state.current),
        "heads": list(heads),
        "pending": _pending(state),
        "unknown": [] if status is None else list(status.unknown),
        "ghosts": [ghost_document(one) for one in ghosts_of(state)],
        "drift": drift_count(state),
        "database": None if state.database is None else _database(state.database),
        "databases": [_position(one) for one in status.databases] if status is not None else [],
        "container": _container(state.container.value),
        "ahead": _ahead(state),
        "problem": state.status.problem or lost(state) or state.drift.problem,
    }


def _ahead(state: WorkspaceState) -> dict[str, Any] | None:
    git = state.git.value
    if git is None or not git.ahead_of:
        return None
    return {"branch": git.ahead_of, "revisions": [one.revision for one in ahead(state)]}


def ghosts_document(state: WorkspaceState) -> dict[str, Any]:
    """`ghost --json`. `ghosts` is null where the database could not be asked; of each the `files`
    that git has, the likeliest first, and those below it that no file here has either."""
    unread = state.status.value is None or state.status.phase == "failed"
    return {
        "schema_version": SCHEMA_VERSION,
        "ghosts": None if unread else [ghost_document(one) for one in ghosts_of(state)],
        "ways_out": [] if unread or not ghosts_of(state) else ways_out(state),
        "problem": state.status.problem or state.ghosts.problem,
    }


def _pending(state: WorkspaceState) -> int | None:
    status = state.status.value
    return None if status is None or lost(state) else len(status.pending)


def _database(one: DatabaseStatus) -> dict[str, Any]:
    return {
        "name": one.identity.database,
        "user": one.identity.user,
        "host": one.identity.host,
        "port": one.identity.port,
        "dialect": one.identity.dialect,
        "server_version": one.server_version,
    }


def _position(one: DatabaseStatus) -> dict[str, Any]:
    return {**_database(one), "version_table": one.version_table, "current": list(one.current)}


def _container(answer: DockerAnswer | None) -> dict[str, Any] | None:
    if answer is None or answer.container is None:
        return None
    one = answer.container
    return {
        "service": one.service,
        "state": one.state,
        "name": one.name,
        "image": one.image,
        "ports": list(one.ports),
        "detail": one.detail,
    }


def drift_document(state: WorkspaceState) -> dict[str, Any]:
    """`check --json`. `operations` is null where it could not be compared; `problem` says why.
    With `pending` revisions the operations hold what those will do, too."""
    drift = state.drift.value
    return {
        "schema_version": SCHEMA_VERSION,
        "operations": None if drift is None else [asdict(item) for item in drift.operations],
        "pending": _pending(state),
        "problem": state.drift.problem,
    }


def status_exit(state: WorkspaceState) -> int:
    """0 up to date, 1 pending or drift, 2 could not tell."""
    status, drift = state.status, state.drift
    if status.value is None or drift.value is None or "failed" in (status.phase, drift.phase):
        return 2
    if lost(state):
        return 2
    return 1 if status.value.pending or drift.value.operations else 0

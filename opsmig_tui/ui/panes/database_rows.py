"""What the database pane says, as lines of pieces. No widget in here, and never a password."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from opsmig_tui.ui.panes.database_details import age, details
from opsmig_tui.ui.panes.history_rows import id_length
from opsmig_tui.ui.widgets.code import Piece
from opsmig_tui.ui.widgets.paint import cut, wrap
from opsmig_tui.workspace.status import place_names, wrong_database

if TYPE_CHECKING:
    from opsmig_tui.services.docker import ContainerState
    from opsmig_tui.worker.protocol import DatabaseStatus, Identity, StatusResult
    from opsmig_tui.workspace.state import WorkspaceState

Line = tuple[Piece, ...]

_DIALECTS = {
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "sqlite": "SQLite",
    "mssql": "SQL Server",
    "oracle": "Oracle",
}
_DOTS: dict[str, Piece] = {
    "running": ("●", "applied"),
    "healthy": ("●", "applied"),
    "unhealthy": ("✖", "error"),
    "starting": ("○", "pending"),
    "restarting": ("○", "pending"),
    "paused": ("▲", "warning"),
    "dead": ("✖", "error"),
}
_STOPPED: Piece = ("○", "dim")
_FAILED_LEADS = {
    "connection": "unreachable",
    "project": "the project's code failed",
    "dependency": "cannot start",
    "crash": "the worker stopped",
}


def build(state: WorkspaceState, width: int, now: datetime | None = None) -> list[Line]:
    """All lines: where it runs, what it is, where it stands, and what is wrong."""
    now = now or datetime.now(UTC)
    lines = _place(state, width, now)
    if other := wrong_database(state):
        lines += _wrapped((" ▲ ", "warning"), other, "warning", width)
    database = state.database
    if database is not None:
        lines += _answered(state, database, width)
    lines += _problem(state, width)
    docker = state.container.value
    return lines + (details(docker, state.usage, width, now) if docker is not None else [])


def _place(state: WorkspaceState, width: int, now: datetime) -> list[Line]:
    """The container that serves it, or what it is instead."""
    docker, container = state.container.value, state.service_container
    where = state.locality
    if where is not None and where.kind in ("embedded", "socket"):
        return _wrapped((" ● ", "applied"), where.text, "text", width)
    if where is None and state.project.is_sample:
        return [((" ○ ", "dim"), ("embedded server", "dim"))]
    if container is not None and container.state != "absent":
        return _container(container, width, now)
    if where is not None and (container is None or where.kind == "remote"):
        sign: Piece = (" ● ", "applied") if where.is_local else (" ▲ ", "warning")
        return _wrapped(sign, where.text, "text" if where.is_local else "warning", width)
    if container is not None:
        lead = f"{container.service}  no container yet"
        return [((" ○ ", "dim"), (lead, "dim")), *_remedy("Press s to start it.", width)]
    if docker is None and state.container.phase != "failed":
        return [((" ○ ", "dim"), ("asking Docker …", "dim"))]
    reason = docker.problem if docker is not None else state.container.problem
    return _wrapped((" ○ ", "dim"), f"no container: {reason}", "dim", width)


def _container(container: ContainerState, width: int, now: datetime) -> list[Line]:
    dot, ink = _DOTS.get(container.state, _STOPPED)
    parts: list[Piece] = [
        (f" {dot} ", ink),
        (container.service, "strong"),
        (f"  {container.state}", ink),
    ]
    if container.started_at is not None:
        parts.append((f"  up {age(container.started_at, now)}", "dim"))
    elif container.ended_at is not None:
        parts.append((f"  {age(container.ended_at, now)} ago", "dim"))
    lines: list[Line] = [tuple(parts)]
    # The port tells which of several servers it is: it is not cut off behind a long image's name.
    about = [part for part in (container.image, " ".join(container.ports)) if part]
    if len("  ".join(about)) <= width - 4:
        about = ["  ".join(about)]
    lines += [(("   ", "dim"), (cut(part, width - 4), "dim")) for part in about]
    if container.detail:
        lines += _wrapped(("   ", "dim"), container.detail, ink, width)
    if container.elsewhere:
        made = f"made from {container.elsewhere}: another folder's, of the same project name"
        lines += _wrapped((" ▲ ", "warning"), made, "warning", width)
    if container.state == "paused":
        lines += _remedy("docker unpause lets it go on.", width)
    elif container.can_start:
        lines += _remedy("Press s to start it.", width)
    return lines


def _answered(state: WorkspaceState, database: DatabaseStatus, width: int) -> list[Line]:
    identity = database.identity
    name = _DIALECTS.get(identity.dialect.split("+")[0], identity.dialect)
    lines: list[Line] = [
        (("   ", "dim"), (f"{name} {database.server_version}".strip(), "text")),
        (("   ", "dim"), (cut(address(identity), width - 4), "text")),
    ]
    value = state.status.value
    if value is not None and len(value.databases) > 1:
        lines += _positions(state, value, width)
    else:
        lines.append(_position(state, database))
    where = state.locality
    if where is not None and not where.is_local and where.kind == "remote":
        lines += _remedy("Changes here ask for the database's name.", width)
    return lines


def _positions(state: WorkspaceState, value: StatusResult, width: int) -> Iterator[Line]:
    """Each database, or tenant, that env.py goes through, and where it stands."""
    length = _id_length(state)
    for name, one in zip(place_names(value.databases), value.databases, strict=True):
        shown = ", ".join(item[:length] for item in one.current) or "nothing applied"
        sign: Piece = (" ◉ ", "current") if one.current else (" ○ ", "pending")
        place = cut(name, max(8, width - 6 - len(shown)))
        yield sign, (place, "text"), (f"  {shown}", "strong" if one.current else "dim")
    if value.pending:
        count = len(value.pending)
        yield ("   ", "dim"), (f"○ {count} pending in one of them or more", "pending")


def address(identity: Identity) -> str:
    """user@host:port/database; over a Unix socket only "database as user"."""
    if not identity.host or identity.host.startswith(("/", "@")):
        return f"{identity.database} as {identity.user}" if identity.user else identity.database
    port = f":{identity.port}" if identity.port else ""
    return f"{identity.user}@{identity.host}{port}/{identity.database}"


def _position(state: WorkspaceState, database: DatabaseStatus) -> Line:
    """Current revision and how far it is behind."""
    if not database.current:
        return (" ○ ", "pending"), ("nothing applied yet", "text")
    length = _id_length(state)
    shown = ", ".join(name[:length] for name in database.current)
    value = state.status.value
    pending = len(value.pending) if value is not None else 0
    behind: Piece = (f"  ○ {pending} pending", "pending") if pending else ("  ✓ head", "applied")
    if value is not None and value.unknown:
        behind = ("  ✖ no such file", "error")
    stale: Piece = ("  …", "dim") if state.status.phase == "stale" else ("", "dim")
    return (" ◉ ", "current"), (shown, "strong"), behind, stale


def _id_length(state: WorkspaceState) -> int:
    view = state.history.value
    return id_length([r.revision for r in view.history.revisions]) if view is not None else 12


def _problem(state: WorkspaceState, width: int) -> list[Line]:
    """Why the database was not asked, or what went wrong and what to do about it."""
    status = state.status
    if not state.trusted:
        lines = _wrapped((" • ", "pending"), "Database not asked: its answer takes this project's "
                         "own code.", "text", width)  # fmt: skip
        flask = state.project.config.flask_app is not None
        what = "this project and its Flask app" if flask else "this project"
        return lines + _remedy(f"Press t to trust {what}.", width)
    if status.phase == "failed":
        kind = status.failure.kind if status.failure is not None else ""
        lead = _FAILED_LEADS.get(kind, "not known")
        lines = _wrapped((" ✖ ", "error"), f"{lead}: {status.problem}", "error", width)
        hint = status.failure.hint if status.failure is not None else ""
        return lines + (_remedy(hint, width) if hint else [])
    if status.value is None:
        return [((" • ", "dim"), ("Asking the database …", "dim"))]
    return []


def _wrapped(sign: Piece, text: str, ink: str, width: int) -> list[Line]:
    first, *rest = wrap(text, width - 4)
    return [(sign, (first, ink)), *((("   ", "dim"), (part, ink)) for part in rest)]


def _remedy(text: str, width: int) -> list[Line]:
    first, *rest = wrap(text, width - 6)
    return [
        (("   → ", "accent"), (first, "text")),
        *((("     ", "accent"), (part, "text")) for part in rest),
    ]

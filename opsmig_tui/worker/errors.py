"""What went wrong → one `failed` event: its kind, their file and line, the database's own words."""

from __future__ import annotations

import os
import sys
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional

from alembic.util import CommandError
from sqlalchemy import exc as sa_exc

from .protocol import Failed

if TYPE_CHECKING:
    from .session import Session

NO_SESSION = ("08", "28", "3D", "53", "57")
"""Classes of SQLSTATE that say a session could not be had, or was ended by the server."""
LOCK_NOT_AVAILABLE = "55P03"
"""What the server says after lock_timeout."""
DRIVERS = ("psycopg", "psycopg2", "asyncpg", "pg8000", "pymysql", "MySQLdb", "sqlite3", "oracledb")


class WorkerError(Exception):
    """A failure that is fully described already."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.message)
        self.failed = failed


class Cancelled(KeyboardInterrupt):
    """Raised into a request that was cancelled; no ``except Exception`` of a migration stops it."""


def failure(session: Session, error: BaseException) -> Failed:
    """What the request at hand ended with, as the tool shows it."""
    failed = describe(
        error,
        os.path.realpath(session.settings.root),
        session.scripts.directories(),
        statement=session.trace.failed_statement,
        cancelled=isinstance(error, Cancelled) or session.cancellation.was_cancelled,
    )
    return without_waiting(session, failed)


def without_waiting(session: Session, failed: Failed) -> Failed:
    """In plain words where it was we who had the server give up waiting for a lock: neither the
    statement nor its place in env.py has to do with it."""
    if not session.trace.impatient or failed.sqlstate != LOCK_NOT_AVAILABLE:
        return failed
    return Failed(
        failed.kind,
        "a table is locked by another session, so nothing was read",
        hint="Try again once that session has ended its transaction; the drift is compared again "
        "at the next change.",
        sqlstate=LOCK_NOT_AVAILABLE,
    )


def describe(
    error: BaseException,
    root: str,
    version_dirs: tuple[str, ...],
    statement: str = "",
    cancelled: bool = False,
) -> Failed:
    """`error` as the tool shows it. Parameters of statements (live values) are left out."""
    if isinstance(error, WorkerError):
        return error.failed
    file, line = their_frame(error.__traceback__, root, version_dirs)
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno
    details = database_details(error)
    kind = "cancelled" if cancelled else _kind(error, root, file)
    return Failed(
        kind=kind,
        message="Cancelled." if cancelled else _message(error, file, details),
        detail=details.get("detail", ""),
        hint=details.get("hint", "") or _hint(error),
        sqlstate=details.get("sqlstate", ""),
        statement=statement or getattr(error, "statement", None) or "",
        file=file,
        line=line,
        traceback=_traceback(error),
    )


def _hint(error: BaseException) -> str:
    if isinstance(error, CommandError) and "locate revision identified by" in str(error):
        return "If the database stands at it, opsmig ghost tells who has its file."
    if isinstance(error, RuntimeError) and "application context" in str(error):
        return (
            "env.py takes a Flask app: opsmig loads one where env.py stands beside alembic.ini, as "
            "Flask-Migrate has it."
        )
    if isinstance(error, EOFError):
        return "Nobody can type anything here: take the value from -x or from the environment."
    return ""


def _kind(error: BaseException, root: str, file: Optional[str]) -> str:
    if isinstance(error, CommandError):
        return "alembic"
    if isinstance(error, sa_exc.NoSuchModuleError):
        return "dependency"
    if isinstance(error, ModuleNotFoundError):
        return "project" if _is_own_module(error.name or "", root) else "dependency"
    if isinstance(error, sa_exc.DBAPIError):
        told = error.statement or _in_session(error)
        return "database" if told and not _lost(error) else "connection"
    if _from_driver(error):
        return "database" if _in_session(error) else "connection"
    if _is_ours(error.__traceback__):
        return "crash"
    if isinstance(error, OSError) and _through_driver(error.__traceback__):
        return "connection"
    return "project"


def _is_ours(trace: Optional[TracebackType]) -> bool:
    """Whether the worker itself is at fault: it raised, and nobody else's code below it."""
    frames = list(traceback.walk_tb(trace))
    package = str(__package__)
    return bool(frames) and str(frames[-1][0].f_globals.get("__name__", "")).startswith(package)


def _in_session(error: BaseException) -> bool:
    state = database_details(error).get("sqlstate", "")
    return bool(state) and not state.startswith(NO_SESSION)


def _lost(error: sa_exc.DBAPIError) -> bool:
    return bool(error.connection_invalidated)


def _is_own_module(name: str, root: str) -> bool:
    """Whether a module that was not found is one that the project itself would hold."""
    top = name.partition(".")[0]
    folders = [root, os.path.dirname(root), *(p for p in sys.path if "site-packages" not in p)]
    stdlib = os.path.dirname(os.__file__)
    return any(
        os.path.exists(os.path.join(folder, top))
        or os.path.exists(os.path.join(folder, top + ".py"))
        for folder in folders
        if folder and not folder.startswith(stdlib)
    )


def _from_driver(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] in DRIVERS


def _through_driver(trace: Optional[TracebackType]) -> bool:
    names = (frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(trace))
    return any(str(name).partition(".")[0] in DRIVERS for name in names)


def _message(error: BaseException, file: Optional[str], details: dict[str, str]) -> str:
    if details.get("message"):
        return details["message"]
    if isinstance(error, SystemExit):
        where = os.path.basename(file) if file else "The project's code"
        return f"{where} called sys.exit({error.code!r})"
    if isinstance(error, CommandError):
        return str(error)
    if isinstance(error, sa_exc.DBAPIError):
        return "\n".join(line.strip() for line in str(error.orig).strip().splitlines())
    text = str(error).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def database_details(error: BaseException) -> dict[str, str]:
    """message, detail, hint and sqlstate as psycopg2, psycopg, asyncpg and pg8000 keep them."""
    orig: Any = error.orig if isinstance(error, sa_exc.DBAPIError) else error
    for source in (orig, getattr(orig, "__cause__", None)):
        if source is None:
            continue
        diag = getattr(source, "diag", None)
        state = getattr(source, "sqlstate", None) or getattr(source, "pgcode", None)
        if diag is not None:
            found = {
                "message": diag.message_primary,
                "detail": diag.message_detail,
                "hint": diag.message_hint,
                "sqlstate": state or diag.sqlstate,
            }
        elif type(source).__module__.startswith("asyncpg") and state:
            found = {
                "message": getattr(source, "message", None) or str(source),
                "detail": getattr(source, "detail", None),
                "hint": getattr(source, "hint", None),
                "sqlstate": state,
            }
        elif type(source).__module__.startswith("pg8000"):
            given = source.args[0] if source.args and isinstance(source.args[0], dict) else {}
            names = {"message": "M", "detail": "D", "hint": "H", "sqlstate": "C"}
            found = {key: given.get(name) for key, name in names.items()}
        else:
            continue
        return {key: str(value) for key, value in found.items() if value}
    return {}


def their_frame(
    trace: Optional[TracebackType], root: str, version_dirs: tuple[str, ...]
) -> tuple[Optional[str], Optional[int]]:
    """The innermost frame in a revision file, else in the project, as (file, line)."""
    migration = project = None
    for frame, line in traceback.walk_tb(trace):
        if frame.f_code.co_filename.startswith("<"):
            continue
        path = os.path.realpath(frame.f_code.co_filename)
        if path.startswith(version_dirs):
            migration = (path, line)
        elif is_project_file(path, root):
            project = (path, line)
    return migration or project or (None, None)


def is_project_file(path: str, root: str) -> bool:
    """Whether `path` is the project's own code: below `root` and in no virtual environment.

    Compiled modules name sources that are not there.
    """
    inside = path.startswith(root + os.sep) and "site-packages" not in path
    return inside and os.path.isfile(path)


def _traceback(error: BaseException) -> str:
    """The traceback without the worker's own frames and without bound parameters."""
    seen: Optional[BaseException] = error
    while seen is not None:
        if isinstance(seen, sa_exc.StatementError):
            seen.hide_parameters = True
        seen = seen.__cause__ or seen.__context__
    theirs = error.__traceback__
    while theirs is not None and _is_worker_frame(theirs):
        theirs = theirs.tb_next
    return "".join(traceback.format_exception(type(error), error, theirs or error.__traceback__))


def _is_worker_frame(trace: TracebackType) -> bool:
    name = str(trace.tb_frame.f_globals.get("__name__", ""))
    return name.startswith((str(__package__), "alembic.script", "alembic.util", "importlib"))

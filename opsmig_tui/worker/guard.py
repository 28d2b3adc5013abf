"""What stands between a confirmed plan and its first statement, and keeps two runs apart."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from typing import Any, Optional, Union

from alembic.runtime.migration import MigrationContext

from .connections import autocommits, raw_connection, told_pid
from .errors import WorkerError
from .protocol import DatabaseStatus, Failed, Log, Rehearse, Run, from_dict
from .session import Session
from .side import SideConnection, unavailable
from .status import database_status
from .watchsql import OWN_PID

_SESSION = "SELECT pg_backend_pid(), extract(epoch FROM pg_postmaster_start_time())::text"
# A pooler gives a session to others after each transaction: the lock is therefore one of a
# transaction, which must last, and must hold no snapshot: CREATE INDEX CONCURRENTLY would wait.
# Who logged in may cancel what they do; a role that they were given for the session may not.
_BEGIN = (
    "BEGIN ISOLATION LEVEL READ COMMITTED",
    "SET LOCAL ROLE NONE",
    "SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'",
)
# Drivers of the extended protocol (asyncpg, pg8000) keep a query, and its snapshot, open until the
# next statement. So this one comes last: it needs none.
_STAY = "SET LOCAL idle_in_transaction_session_timeout = 0"
_TRY = "SELECT pg_try_advisory_xact_lock(%d)"
_HOLDER = """
SELECT a.pid, coalesce(nullif(a.application_name, ''), 'an unnamed program'), a.usename
FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid::bigint << 32 | l.objid::bigint) = %d
"""


def check_database(
    session: Session,
    context: MigrationContext,
    heads: tuple[str, ...],
    expected: tuple[DatabaseStatus, ...],
    index: int,
) -> None:
    """Compare the migration's own connection with what was confirmed; any difference raises."""
    actual = database_status(context, heads)
    if index >= len(expected):
        raise _mismatch(f"env.py reached a database that was not confirmed: {_name(actual)}.")
    # what was confirmed went through the redactor on its way out, and so does this
    told = from_dict(DatabaseStatus, session.redactor.clean(dataclasses.asdict(actual)))
    wanted = expected[index]
    for field in dataclasses.fields(wanted.identity):
        was, now = getattr(wanted.identity, field.name), getattr(told.identity, field.name)
        if was != now:
            what = field.name.replace("_", " ")
            raise _mismatch(f"Not the database that was confirmed: {what} was {was}, now {now}.")
    if wanted.version_table != told.version_table:
        raise _mismatch(
            f"The version table was {wanted.version_table}, now it is {told.version_table}."
        )
    if set(wanted.current) != set(told.current):
        was, now = _list(wanted.current), _list(told.current)
        raise _mismatch(f"The database moved since it was confirmed: from {was} to {now}.")


def check_steps(steps: list[Any], request: Union[Run, Rehearse], offset: int) -> None:
    """alembic's steps about to run must be those of the confirmed plan, in its order, and their
    files as they were then."""
    names = [step.revision.revision for step in steps]
    wanted = list(request.steps[offset : offset + len(steps)])
    last_short = len(request.expected) == 1 and len(request.steps) != len(steps)
    if names != wanted or last_short:
        text = f"The plan changed: it was {_list(request.steps)}, now it is {_list(tuple(names))}."
        raise _mismatch(text)
    confirmed = dict(zip(request.steps, request.digests))
    for step in steps:
        path = str(step.revision.path)
        if digest_of(path) != confirmed.get(step.revision.revision):
            raise _mismatch(f"{os.path.basename(path)} has changed since it was confirmed.")


def digest_of(path: str) -> str:
    """SHA-256 of a file, "" for one that cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


def _mismatch(text: str) -> WorkerError:
    return WorkerError(Failed("identity", text + " Nothing was changed."))


def _name(status: DatabaseStatus) -> str:
    identity = status.identity
    return f"{identity.user}@{identity.host or 'local'}/{identity.database}"


def _list(revisions: tuple[str, ...]) -> str:
    return ", ".join(revisions) or "base"


class Guard:
    """The advisory lock of a run and the means to cancel it, on connections of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._side: list[SideConnection] = []
        self._pid = 0
        self._told = False

    def take(self, context: MigrationContext) -> None:
        """Lock this database and version table. Raises WorkerError when another run holds it, or
        when the lock cannot be had."""
        connection: Any = context.connection
        if context.dialect.name != "postgresql":
            return
        pid, server = connection.exec_driver_sql(_SESSION).one()
        side = SideConnection(connection)
        self._side.append(side)
        key = lock_key(context.version_table_schema, context.version_table)
        try:
            for statement in _BEGIN:
                side.ask(statement)
            ((own_pid, own_server),) = side.ask(_SESSION)
            locked = side.ask(_TRY % key)[0][0]
            side.ask(_STAY)
        except Exception as error:
            raise unavailable(str(error).strip()) from error
        if own_server != server:
            raise unavailable("it reached another server than the first")
        if own_pid == pid:
            raise unavailable("the project gives out one connection twice")
        if not locked:
            holder = side.ask(_HOLDER % key)
            raise WorkerError(Failed("locked", _held_by(holder)))
        self._pid = pid
        self._session.cancellation.cancel_on_server = lambda: self._cancel(side)
        self._session.watcher.begin(connection, pid, (own_pid,))
        if told_pid(connection) not in (None, pid):
            raw = raw_connection(connection)
            self._session.trace.first_of_transaction = lambda conn: self._follow(conn, raw)

    def _cancel(self, side: SideConnection) -> None:
        if self._pid:  # else SIGINT remains: another client's statement must not be cancelled
            side.cancel(self._pid)

    def _follow(self, conn: Any, raw: Any) -> None:
        """Behind a pooler each transaction may run in another server process, and so may each
        statement in autocommit: that one cannot be known."""
        if raw_connection(conn) is not raw:
            return
        self._pid = 0
        if autocommits(conn):
            if not self._told:
                self._told = True
                text = "a pooler stands in between: waits in an autocommit_block are not explained"
                self._session.send(Log("WARNING", "opsmig", text))
        else:
            cursor = conn.connection.cursor()
            cursor.execute(OWN_PID)
            self._pid = int(cursor.fetchone()[0])
            cursor.close()
        self._session.watcher.follow(self._pid)

    def release(self) -> None:
        """Close the connections, which lets the locks go."""
        self._session.cancellation.cancel_on_server = None
        self._session.trace.first_of_transaction = None
        self._session.watcher.end()
        while self._side:
            self._side.pop().close()


def lock_key(schema: Optional[str], table: str) -> int:
    """A positive 63-bit key. Advisory locks are per database, so its name is no part of it."""
    digest = hashlib.sha256(f"opsmig:{schema or ''}.{table}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _held_by(rows: Any) -> str:
    who = ""
    if rows and rows[0][0] is not None:
        pid, program, user = rows[0]
        who = f" ({program}, user {user}, pid {pid})"
    return f"Another run holds this database{who}. Nothing was changed."

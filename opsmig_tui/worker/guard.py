"""What stands between a confirmed plan and its first statement, and keeps two runs apart."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Optional, Union

from alembic.runtime.migration import MigrationContext

from .asking import raw_rows
from .beside import Beside, Sequences, sequences
from .connections import autocommits, canceller, raw_connection
from .errors import WorkerError
from .pooled import told_pid
from .protocol import DatabaseStatus, Failed, Log, Rehearse, Run, from_dict
from .session import Session
from .side import PATIENCE, SideConnection, in_background, unavailable
from .status import database_status
from .watch import Lookout
from .watchsql import OWN_PID

_SESSION = """
SELECT pg_backend_pid(), quote_ident(current_user),
  extract(epoch FROM pg_postmaster_start_time())::text, current_database()::text
"""
# A pooler gives a session to others after each transaction: the lock is therefore one of a
# transaction, which must last, and must hold no snapshot: CREATE INDEX CONCURRENTLY would wait.
# Who logged in may cancel what they do; a role that they were given for the session may not.
_BEGIN = (
    "BEGIN ISOLATION LEVEL READ COMMITTED",
    "SET LOCAL ROLE NONE",
    "SELECT set_config('transaction_timeout', '0', true)"
    " WHERE current_setting('transaction_timeout', true) IS NOT NULL",  # PostgreSQL 17
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
) -> DatabaseStatus:
    """Compare the migration's own connection with what was confirmed; any difference raises.

    Returns where it leads to.
    """
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
    check_position(told.current, wanted)
    return actual


def check_position(heads: tuple[str, ...], wanted: DatabaseStatus) -> None:
    """That the database stands where it did when it was confirmed; any difference raises."""
    if set(wanted.current) != set(heads):
        was, now = _list(wanted.current), _list(heads)
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


_Opened = tuple[SideConnection, int, list[Any], bool, Lookout]
"""The guard's session, its pid, where it leads, whether it has the lock; and the watcher's."""


class Guard:
    """The advisory lock of a run and the means to cancel it, on connections of its own."""

    def __init__(self, session: Session, *, sequences: bool = False) -> None:
        """`sequences`: what they stand at is wanted."""
        self._session = session
        self._ask_sequences = sequences
        self.sequences: Sequences = {}
        """As they stood before the lock was taken."""
        self._side: list[SideConnection] = []
        self._opening: Optional[Future[_Opened]] = None
        self._databases = 0
        self.beside: Optional[Beside] = None
        """Reads the database in the guard's own session, where there is just one."""
        self._pid = 0
        self._told = False

    def take(self, context: MigrationContext, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Lock this database and version table. Raises WorkerError when another run holds it, or
        when the lock cannot be had.

        `meanwhile`, which must be harmless, is called while the connections are being opened. Where
        it fails, another run's locks may be why: that goes first.
        """
        connection: Any = context.connection
        if context.dialect.name != "postgresql":
            meanwhile()
            return
        pid, role, *place = connection.exec_driver_sql(_SESSION).one()
        key = lock_key(context.version_table_schema, context.version_table)
        self._session.watcher.end()  # of the database before
        self._databases += 1
        self._opening = in_background(lambda: self._open(connection, role, key))
        failed: Optional[Exception] = None
        try:
            meanwhile()
        except Exception as error:
            failed = error
        side, own_pid, own_place, locked, lookout = self._opening.result()
        if own_place != place:
            raise unavailable("it reached another server or database than the first")
        if own_pid == pid:
            raise unavailable("the project gives out one connection twice")
        if not locked:
            holder = side.ask(_HOLDER % key)
            raise WorkerError(Failed("locked", _held_by(holder)))
        if failed is not None:
            raise failed
        self._pid = pid
        by_driver = canceller(connection)
        self._session.cancellation.cancel_on_server = lambda: self._cancel(side, by_driver)
        self.beside = Beside(side, context, role) if self._databases == 1 else None
        self._session.watcher.begin(lookout, pid, own_pid)
        raw = raw_connection(connection)
        if told_pid(raw) not in (None, pid):
            self._session.trace.first_of_transaction = lambda conn: self._follow(conn, raw)

    def _open(self, connection: Any, role: str, key: int) -> _Opened:
        """The guard's comes first: there may be room for no more."""
        side = SideConnection(connection)
        self._side.append(side)
        if self._ask_sequences:  # in no transaction yet
            self.sequences = side.later(lambda run: sequences(run, role)).result(PATIENCE)
        asked = side.later(lambda run: _lock(run, key))
        lookout = Lookout(connection)
        if lookout.side is not None:
            self._side.append(lookout.side)
        try:
            (pid, _, *place), locked = asked.result(PATIENCE)
        except Exception as error:
            raise unavailable(str(error).strip()) from error
        return side, pid, place, locked, lookout

    def position(self) -> Optional[tuple[str, ...]]:
        """The current revisions of the one database, None where env.py has to be asked."""
        return self.beside.position() if self.beside is not None else None

    def _cancel(self, side: SideConnection, by_driver: Optional[Callable[[], None]]) -> None:
        if self._pid:  # else another client's statement could be cancelled
            side.cancel(self._pid)
        elif by_driver is not None:  # a pooler knows which is whose; other drivers heed SIGINT
            by_driver()

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
            [(self._pid,)] = raw_rows(conn, OWN_PID)
        self._session.watcher.follow(self._pid)

    def release(self) -> None:
        """Close the connections, which lets the locks go. One that was still being opened when the
        run was cancelled is closed once it is open."""
        self._session.cancellation.cancel_on_server = None
        self._session.trace.first_of_transaction = None
        self._session.watcher.end()
        self.beside = None
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.add_done_callback(lambda _: self._close())

    def _close(self) -> None:
        while self._side:
            self._side.pop().close()


def _lock(run: Callable[[str], list[Any]], key: int) -> tuple[Any, bool]:
    """(the session, whether it has the lock), in a transaction that lasts."""
    for statement in _BEGIN:
        run(statement)
    (session,) = run(_SESSION)
    ((locked,),) = run(_TRY % key)
    run(_STAY)
    return session, locked


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

"""What a rehearsal hears of SQLAlchemy's events while its legs run (see sqltrace.Trace)."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Optional

from . import arming, retyped
from .asking import raw_rows
from .connections import raw_connection
from .errors import WorkerError
from .locktrace import BLOCKS_WRITES, MODES, LockTrace, Relation, taken
from .offline import replaced
from .protocol import Failed, Notice, RehearsedStatement, Retyped, TableWork
from .sealed import connectors, load_drivers

SECOND = (
    "The migration opens a second connection, which nothing could roll back. "
    "Try it on a scratch database."
)
AUTOCOMMIT = (
    "autocommit_block() commits what ran before it, which a rehearsal must not let happen. "
    "Try it on a scratch database."
)
ENDED = (
    "The migration ended the transaction by itself, so the rehearsal stopped. "
    "Try it on a scratch database."
)


class Stopped(BaseException):
    """The rehearsal must not go on; no ``except Exception`` of a migration stops it."""

    def __init__(self, text: str, outcome: str = "stopped") -> None:
        super().__init__(text)
        self.outcome = outcome


def refused(text: str) -> WorkerError:
    """What a rehearsal does not let a migration do."""
    return WorkerError(Failed("refused", text))


@dataclass
class Heard:
    """One statement, while its leg lasts."""

    sql: str
    file: Optional[str]
    line: Optional[int]
    began: float
    elapsed_ms: float = 0.0
    rows: Optional[int] = None
    locks: list[tuple[Relation, str]] = field(default_factory=list)
    work: list[TableWork] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    retyped: list[Retyped] = field(default_factory=list)
    let_go: Optional[float] = None
    """When its transaction had ended, where that was before its leg."""

    def told_at(self, end: float) -> RehearsedStatement:
        """As it is reported, its locks held until `end`."""
        held = ((self.let_go or end) - self.began) * 1000
        return RehearsedStatement(
            self.sql,
            self.file,
            self.line,
            self.elapsed_ms,
            self.rows,
            tuple(taken(relation, mode, held) for relation, mode in self.locks),
            tuple(self.work),
            tuple(self.told),
            tuple(self.retyped),
        )


class Hearing:
    """What every rehearsal hears in the same way, wherever its legs run."""

    def __init__(self) -> None:
        self._locks: Optional[LockTrace] = None
        self._transaction = ""
        self._kept: Optional[retyped.Kept] = None
        self.listening = False
        self.statements: list[Heard] = []

    @contextlib.contextmanager
    def _aside(self) -> Iterator[None]:
        """Our own reading: no work, lock or notice of the migration's."""
        assert self._locks is not None
        self.listening = False
        try:
            yield
        finally:
            self.listening = True
            with contextlib.suppress(Exception):  # the transaction has failed: look() says it
                self._locks.look()

    def heard(self, notice: Notice) -> bool:
        """Take the server's debug notices; True: it is for nobody else."""
        if not notice.severity.startswith("DEBUG"):
            return False
        if self.listening and self.statements:
            self.statements[-1].told.append(notice.text)
        return True


class Listener(Hearing):
    """Set as `Trace.rehearsal` for as long as env.py runs.

    Before it is armed, transactions may write (the arming itself does) and sessions may be opened;
    from then on a new transaction can only read, and no session is opened.
    """

    def __init__(self, most_rows: int) -> None:
        super().__init__()
        self._most_rows = most_rows
        self._changed = 0
        self._thread = threading.get_ident()
        self._raw: Any = None
        """The driver's connection whose transaction is armed."""
        self.armed = False

    @contextlib.contextmanager
    def guarding(self, connection: Any) -> Iterator[None]:
        """Within an armed transaction: while the block lasts, drivers refuse to connect, too."""
        load_drivers()
        self._locks = LockTrace(connection)
        self._transaction = self._locks.transaction
        self._raw = raw_connection(connection)
        self.armed = True

        def refuse(*args: Any, **kwargs: Any) -> Any:
            raise refused(SECOND)

        with contextlib.ExitStack() as stack:
            for owner, name in connectors():
                value = classmethod(refuse) if isinstance(owner, type) else refuse
                stack.enter_context(replaced(owner, **{name: value}))
            yield

    # ------------------------------------------------------------------- called by sqltrace.Trace

    def connecting(self) -> None:
        """An engine is about to connect."""
        if self.armed and threading.get_ident() == self._thread:
            raise refused(SECOND)

    def begun(self, connection: Any) -> None:
        """SQLAlchemy began a transaction. Sessions are read-only by default."""
        if not self.armed and connection.dialect.name == "postgresql":
            raw_rows(connection, "SET TRANSACTION READ WRITE")

    def committing(self, connection: Any) -> None:
        """SQLAlchemy is about to commit what is not armed, and may have been begun before."""
        if connection.dialect.name != "postgresql" or raw_connection(connection) is self._raw:
            return
        [(number,)] = raw_rows(connection, "SELECT txid_current_if_assigned()")
        if number is not None:
            raise refused("env.py changes the database beside its migrations, and commits.")

    def before(self, conn: Any, sql: str, file: Optional[str], line: Optional[int]) -> None:
        """A statement is about to run."""
        if self.listening:
            self._keep(conn, sql)
            self.statements.append(Heard(sql, file, line, time.perf_counter()))
            if arming.SETTLES.fullmatch(sql):
                arming.disarm(conn)

    def after(self, conn: Any, elapsed_ms: float, rows: Optional[int]) -> None:
        """The statement has run. Raises Stopped where it reached a limit."""
        if not self.listening or not self.statements:
            return
        one = self.statements[-1]
        one.elapsed_ms, one.rows = elapsed_ms, rows
        if arming.SETTLES.fullmatch(one.sql):
            arming.rearm(conn)
        self.look()
        if self._kept is not None:
            with self._aside():
                one.retyped = retyped.compared(conn, self._kept)

    def _keep(self, conn: Any, sql: str) -> None:
        """Where a column gets another type: its values, to be compared afterwards."""
        self._kept = None
        if retyped.changes_type(sql):
            self.look()
            with self._aside(), contextlib.suppress(Exception):  # the transaction has failed
                retyped.prepare(conn)
                self._kept = retyped.keep(conn, sql, self._most_rows)

    # ---------------------------------------------------------------------------------- for a leg

    def restart(self) -> None:
        """A leg begins."""
        assert self._locks is not None
        self.statements = []
        self._locks.restart()
        self.listening = True

    def look(self) -> None:
        """Ask what the last statement did, once more at the end of a leg for what came past
        SQLAlchemy. Raises Stopped."""
        assert self._locks is not None
        try:
            transaction, locks, work = self._locks.look()
        except Exception:  # a migration went on in a transaction that has failed
            return
        if transaction != self._transaction:
            raise Stopped(ENDED, "refused")
        if not self.statements:
            return
        one = self.statements[-1]
        one.locks += locks
        one.work += work
        self._changed += sum(item.inserted + item.updated + item.deleted for item in work)
        self._limit(locks)

    def _limit(self, locks: list[tuple[Relation, str]]) -> None:
        if self._changed > self._most_rows:
            raise Stopped(
                f"It changed {self._changed:,} rows, more than the {self._most_rows:,} that a "
                "rehearsal here may change. Try it on a scratch database."
            )
        for relation, mode in locks:
            if MODES.index(mode) >= BLOCKS_WRITES and (relation.rows or 0) > self._most_rows:
                raise Stopped(
                    f"{relation.name} has about {relation.rows:,} rows, and {mode} on it would "
                    "keep others waiting for too long. Try it on a scratch database."
                )

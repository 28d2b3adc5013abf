"""SQLAlchemy's own events on the Engine class: what runs, from which line, on which connection.

Installed once, before any of the project's code, so no co-operation of env.py is needed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, Optional

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from . import connections
from .cancel import Cancellation
from .channel import Channel
from .protocol import Commit, Rollback, SqlEnd, SqlStart
from .redact import Redactor
from .stays import COMMITTERS, Stays, commits_itself

LONGEST_SQL = 65_536
"""Characters of a statement that are sent."""


class Trace:
    """The listeners and what they saw. `recording` is on while a run's statements are told."""

    def __init__(
        self,
        channel: Channel,
        redactor: Redactor,
        cancellation: Cancellation,
        version_dirs: Callable[[], tuple[str, ...]],
    ) -> None:
        self._channel = channel
        self._redactor = redactor
        self._cancellation = cancellation
        self._version_dirs = version_dirs
        self.read_only = True
        self.impatient = False
        self.options_taken = True
        """Off once a connection pooler refused an option at the start of a session."""
        self._engines: dict[int, Engine] = {}
        self._paths: dict[str, Optional[str]] = {}
        self._count = 0
        self._begun = 0.0
        self._dirty = False
        self._unsettled: Optional[tuple[str, ...]] = None
        self.recording = False
        self.rehearsal: Any = None
        """The listening.Listener of a rehearsal, while one is under way."""
        self.applied: list[str] = []
        self.committed: list[str] = []
        self.stays = Stays()
        self.failed_statement = ""
        self.first_of_transaction: Optional[Callable[[Any], None]] = None
        """Called with the connection before the first statement of each transaction."""
        self.asked: tuple[Optional[str], Optional[int]] = (None, None)
        """Host and port of the last connection that was tried."""

    @property
    def only_reading(self) -> bool:
        """Whether every session that is opened now refuses to write."""
        return self.read_only and self.options_taken and self.rehearsal is None

    @property
    def _defaults(self) -> dict[str, str]:
        """The settings that a session begins with which is opened now."""
        if not (self.read_only and self.options_taken):
            return {}
        return {**connections.READ_ONLY, **(connections.IMPATIENT if self.impatient else {})}

    def install(self) -> None:
        """Listen, for as long as the process lives."""
        event.listen(Engine, "do_connect", self._do_connect)
        event.listen(Pool, "connect", self._connected)
        event.listen(Engine, "engine_connect", self._engine_connect)
        event.listen(Engine, "begin", self._begin)
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)
        event.listen(Engine, "handle_error", self._error)
        event.listen(Engine, "commit", self._commit)
        event.listen(Engine, "rollback", self._rollback)

    def begin(self, read_only: bool, impatient: bool) -> None:
        """Forget the last request; while this one lasts, sessions can write or cannot, and those
        that cannot wait for a lock or, `impatient`, give up soon."""
        self.read_only = read_only
        self.impatient = read_only and impatient
        connections.session_environment(self._defaults)
        self._count = 0
        self._dirty = self.recording = False
        self._unsettled = None
        self.applied, self.committed, self.failed_statement = [], [], ""
        self.asked = (None, None)
        self.stays = Stays()

    def settle(self) -> None:
        """Tell of the last commit, now that something else happens and it has not failed.

        SQLAlchemy speaks of a commit only before it is tried.
        """
        revisions, self._unsettled = self._unsettled, None
        if revisions is not None:
            self.committed += revisions
            self.stays.committed()
            self._channel.send(Commit(revisions))

    def end(self) -> None:
        """The run is over: what follows only reads, and is not told."""
        self.settle()
        self.recording = False

    def give_up_options(self) -> None:
        """A pooler stands in between: from now on only each transaction is told."""
        self.options_taken = False
        connections.session_environment({})

    def dispose_engines(self) -> None:
        """Close what env.py left pooled."""
        engines, self._engines = self._engines, {}
        for engine in engines.values():
            connections.dispose(engine)

    def _do_connect(self, dialect: Any, record: Any, cargs: Any, cparams: dict[str, Any]) -> None:
        if self.rehearsal is not None:
            self.rehearsal.connecting()
        self.asked = connections.asked_address(dialect, cparams)
        connections.prepare(dialect, record, cargs, cparams, self._redactor, self._defaults)

    def _connected(self, raw: Any, record: Any) -> None:
        connections.learn_password(raw, self._redactor)
        connections.listen_for_notices(raw, self._send_if_recording)
        if self.read_only:  # then nearly all is asked by us
            connections.protect_sqlite(raw)
            connections.never_prepare(raw)

    def _send_if_recording(self, notice: Any) -> None:
        if self.rehearsal is not None and self.rehearsal.heard(notice):
            return
        if self.recording:
            self._channel.send(notice)

    def _engine_connect(self, connection: Any, *branch: Any) -> None:
        self._engines[id(connection.engine)] = connection.engine
        url = connection.engine.url
        self._redactor.add(url.password, (url.username, url.database, url.host))

    def _begin(self, connection: Any) -> None:
        if self.rehearsal is not None:
            self.rehearsal.begun(connection)
        elif self.read_only and connection.dialect.name == "postgresql":
            cursor = connection.connection.cursor()
            cursor.execute("SET TRANSACTION READ ONLY")
            if self.impatient:
                for name, value in connections.IMPATIENT.items():
                    cursor.execute(f"SET LOCAL {name} = {value}")
            cursor.close()

    def _before(self, conn: Any, cursor: Any, sql: str, params: Any, ctx: Any, many: bool) -> None:
        self._cancellation.check()
        self.settle()
        if self.first_of_transaction is not None and not self._dirty:
            self.first_of_transaction(conn)
        self._dirty = True
        if commits_itself(conn.dialect.name, sql):
            self.stays.commits_itself()
        if self._cancellation.cancel_on_server is None:
            self._cancellation.cancel_on_server = connections.canceller(conn)
        if self.recording:
            self._count += 1
            file, line = self._place()
            text = sql if len(sql) <= LONGEST_SQL else sql[:LONGEST_SQL] + " …"
            # A driver that crashes tells where it stood by the traceback of faulthandler.
            told = SqlStart(self._count, text, file, line)
            self._channel.send(told, soon=not self._at_once(conn, sql))
            if self.rehearsal is not None:
                self.rehearsal.before(conn, text, file, line)
        self._begun = time.perf_counter()

    def _after(self, conn: Any, cursor: Any, sql: str, params: Any, ctx: Any, many: bool) -> None:
        if not self.recording:
            return
        elapsed = (time.perf_counter() - self._begun) * 1000
        at_once = self._at_once(conn, sql)
        self.stays.done(sql, at_once=at_once)
        for notice in connections.take_notices(conn):
            self._send_if_recording(notice)
        rows = getattr(cursor, "rowcount", -1)
        told = SqlEnd(self._count, elapsed, rows if rows >= 0 else None)
        self._channel.send(told, soon=not at_once)
        if self.rehearsal is not None:
            self.rehearsal.after(conn, elapsed, rows if rows >= 0 else None)

    def _at_once(self, conn: Any, sql: str) -> bool:
        """Whether the server commits the statement by itself: it must be known of even where the
        worker dies next."""
        return commits_itself(conn.dialect.name, sql) or connections.autocommits(conn)

    def _error(self, context: Any) -> None:
        self.failed_statement = context.statement or ""
        if self._unsettled is not None and context.statement is None:
            self._unsettled = None  # it was the commit that failed
            self.stays.rolled_back()
            self._channel.send(Rollback())
        if self.recording and context.connection is not None and not context.is_disconnect:
            for notice in connections.take_notices(context.connection):
                self._send_if_recording(notice)

    def _commit(self, connection: Any) -> None:
        self._cancellation.check()
        self.settle()
        if self.rehearsal is not None:
            self.rehearsal.committing(connection)
        if self.recording and (self._dirty or self.applied):
            self._unsettled, self.applied = tuple(self.applied), []
            self.stays.committing()
        self._dirty = False

    def _rollback(self, connection: Any) -> None:
        if self.recording and self._dirty:
            if self.stays.is_open or connection.dialect.name not in COMMITTERS:
                self._channel.send(Rollback())
            self.stays.rolled_back()
        self._dirty = False

    def _place(self) -> tuple[Optional[str], Optional[int]]:
        """The revision file's line that the statement comes from, if one is on the stack."""
        frame: Optional[FrameType] = sys._getframe(2)
        known = self._paths
        while frame is not None:
            name = frame.f_code.co_filename
            path = known[name] if name in known else self._learn(name)
            if path:
                return path, frame.f_lineno
            frame = frame.f_back
        return None, None

    def _learn(self, name: str) -> Optional[str]:
        path = os.path.realpath(name)
        self._paths[name] = found = path if path.startswith(self._version_dirs()) else None
        return found

"""A second connection to the migration's database, made with the parameters of the first."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from queue import Empty, Queue
from typing import Any, Optional, TypeVar

from .connections import never_prepare, way_in
from .errors import WorkerError
from .pooled import told_pid
from .protocol import Failed, Place
from .watchsql import OWN_PID

_T = TypeVar("_T")
PATIENCE = 15.0
"""Seconds to wait for the second connection (a pool of one behind a proxy would never answer)."""


class SideConnection:
    """Runs single statements, each committed at once, in a thread of its own.

    Works for asyncio drivers as well: the thread then has an event loop.
    """

    def __init__(
        self,
        beside: Any,
        idle_seconds: Optional[float] = None,
        patience: float = PATIENCE,
        database: str = "",
        place: Optional[Place] = None,
    ) -> None:
        """Connect as `beside`, a SQLAlchemy connection, did, or to another `database`, of its
        server or of the one of a `place`; `idle_seconds` unused, it closes.

        Raises WorkerError when the connection cannot be made.
        """
        self.open = True
        self.as_login = False
        """Ask as the role that logged in: one given for the session (ALTER ROLE … SET role) sees
        of the login's own sessions neither state nor wait."""
        self._idle_seconds = idle_seconds
        try:
            self._dialect, self._connect_anew = way_in(beside, database, place)
        except LookupError as error:
            raise unavailable(str(error)) from error
        self._raw: Any = None
        self._ended = threading.Event()
        self._jobs: Queue[Optional[tuple[Callable[[], Any], Future[Any]]]] = Queue()
        threading.Thread(target=self._work, name="opsmig-side", daemon=True).start()
        try:
            self._submit(self._connect).result(patience)
        except BaseException as error:  # whoever waits may be cancelled, too
            self._jobs.put(None)  # should it connect after all
            if isinstance(error, FutureTimeout):
                raise unavailable(f"no answer within {patience:.0f} s") from None
            if not isinstance(error, Exception):
                raise
            raise unavailable(str(error).strip()) from error

    def ask(self, sql: str, seconds: float = PATIENCE) -> list[Any]:
        """The rows of one statement. Raises what the driver raises, or TimeoutError."""
        run = self._as_login if self.as_login else self._execute
        return list(self._submit(lambda: run(sql)).result(seconds))

    def ask_all(self, statements: Sequence[str], seconds: float = PATIENCE) -> None:
        """One after the other, to the end also where whoever asked has given up waiting."""
        self.later(lambda run: [run(sql) for sql in statements]).result(seconds)

    def later(self, job: Callable[[Callable[[str], list[Any]]], _T]) -> Future[_T]:
        """Have a job done in the background, to its end also where nobody waits for it any more.

        It is given a function that runs one statement and returns its rows.
        """
        return self._submit(lambda: job(self._execute))

    def is_pooled(self) -> bool:
        """Whether a pooler stands in between. Raises what the driver raises, or TimeoutError."""
        return told_pid(self._raw) not in (None, self.ask(OWN_PID)[0][0])

    def cancel(self, pid: int) -> None:
        """Ask the server to cancel what the backend `pid` does; does not wait for the answer."""
        self._submit(lambda: self._execute(f"SELECT pg_cancel_backend({int(pid)})"))

    def close(self) -> None:
        """Close the connection; the session's locks go with it."""
        self._jobs.put(None)
        self._ended.wait(PATIENCE)

    def _submit(self, job: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self._jobs.put((job, future))
        return future

    def _work(self) -> None:
        loop = asyncio.new_event_loop() if getattr(self._dialect, "is_async", False) else None
        while True:
            try:
                item = self._jobs.get(timeout=self._idle_seconds)
            except Empty:
                item = None
            if item is None:
                break
            self._perform(loop, *item)
        self.open = False
        self._perform(loop, self._close, Future())
        if loop is not None:
            loop.close()
        self._ended.set()

    def _perform(
        self,
        loop: Optional[asyncio.AbstractEventLoop],
        job: Callable[[], Any],
        future: Future[Any],
    ) -> None:
        try:
            future.set_result(job() if loop is None else _in_loop(loop, job))
        except BaseException as error:  # whoever waits for the answer gets it
            future.set_exception(error)

    def _connect(self) -> None:
        raw = self._connect_anew()
        never_prepare(raw)
        self._dialect.set_isolation_level(raw, "AUTOCOMMIT")
        self._raw = raw  # ours to close; one that the project gave out twice fails before

    def _execute(self, sql: str) -> list[Any]:
        cursor = self._raw.cursor()
        cursor.execute(sql)
        rows = list(cursor.fetchall()) if cursor.description else []
        cursor.close()
        return rows

    def _as_login(self, sql: str) -> list[Any]:
        """For one transaction only: a pooler may give the session to others afterwards."""
        self._execute("BEGIN")
        try:
            self._execute("SET LOCAL ROLE NONE")
            return self._execute(sql)
        finally:
            self._execute("ROLLBACK")

    def _close(self) -> None:
        if self._raw is not None:
            self._raw.close()


def in_background(job: Callable[[], _T]) -> Future[_T]:
    """Begin the job in a thread that the process's end does not wait for."""
    future: Future[_T] = Future()

    def work() -> None:
        try:
            future.set_result(job())
        except BaseException as error:  # whoever waits for the answer gets it
            future.set_exception(error)

    threading.Thread(target=work, name="opsmig-opening", daemon=True).start()
    return future


def _in_loop(loop: asyncio.AbstractEventLoop, job: Callable[[], Any]) -> Any:
    from sqlalchemy.util import greenlet_spawn

    return loop.run_until_complete(greenlet_spawn(job))


def unavailable(why: str) -> WorkerError:
    """A run without its second connection does not start."""
    text = f"The second connection that guards a run could not be opened: {why}."
    return WorkerError(Failed("connection", text + " Nothing was changed."))

"""A second connection to the migration's database, made with the parameters of the first."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from queue import Queue
from typing import Any, Optional

from .connections import SEEN
from .errors import WorkerError
from .protocol import Failed

PATIENCE = 15.0
"""Seconds to wait for the second connection (a pool of one behind a proxy would never answer)."""


class SideConnection:
    """Runs single statements, each committed at once, in a thread of its own.

    Works for asyncio drivers as well: the thread then has an event loop.
    """

    def __init__(self, connection: Any) -> None:
        """Connect as `connection` did. Raises WorkerError when that is not possible."""
        seen = connection.info.get(SEEN)
        if seen is None:
            raise _unavailable("the project makes its connections itself")
        self._dialect, self._cargs, self._cparams = seen
        self._raw: Any = None
        self._jobs: Queue[Optional[tuple[Callable[[], Any], Future[Any]]]] = Queue()
        threading.Thread(target=self._work, name="opsmig-side", daemon=True).start()
        try:
            self._submit(self._connect).result(PATIENCE)
        except FutureTimeout:
            raise _unavailable(f"no answer within {PATIENCE:.0f} s") from None
        except Exception as error:
            raise _unavailable(str(error).strip()) from error

    def ask(self, sql: str) -> list[Any]:
        """The rows of one statement."""
        return list(self._submit(lambda: self._execute(sql)).result(PATIENCE))

    def cancel(self, pid: int) -> None:
        """Ask the server to cancel what the backend `pid` does; does not wait for the answer."""
        self._submit(lambda: self._execute(f"SELECT pg_cancel_backend({int(pid)})"))

    def close(self) -> None:
        """Close the connection; the session's locks go with it."""
        closed = self._submit(self._close)
        self._jobs.put(None)
        closed.exception(PATIENCE)

    def _submit(self, job: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self._jobs.put((job, future))
        return future

    def _work(self) -> None:
        loop = asyncio.new_event_loop() if getattr(self._dialect, "is_async", False) else None
        while True:
            item = self._jobs.get()
            if item is None:
                break
            job, future = item
            try:
                future.set_result(job() if loop is None else _in_loop(loop, job))
            except BaseException as error:
                future.set_exception(error)
        if loop is not None:
            loop.close()

    def _connect(self) -> None:
        self._raw = self._dialect.connect(*self._cargs, **self._cparams)
        self._dialect.set_isolation_level(self._raw, "AUTOCOMMIT")

    def _execute(self, sql: str) -> list[Any]:
        cursor = self._raw.cursor()
        cursor.execute(sql)
        rows = list(cursor.fetchall())
        cursor.close()
        return rows

    def _close(self) -> None:
        if self._raw is not None:
            self._raw.close()


def _in_loop(loop: asyncio.AbstractEventLoop, job: Callable[[], Any]) -> Any:
    from sqlalchemy.util import greenlet_spawn

    return loop.run_until_complete(greenlet_spawn(job))


def _unavailable(why: str) -> WorkerError:
    text = f"The second connection that guards a run could not be opened: {why}."
    return WorkerError(Failed("connection", text + " Nothing was changed."))

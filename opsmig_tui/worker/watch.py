"""Watches a run from a connection of its own: whom it waits for, and how far its command is."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Optional

from . import protocol, watchsql
from .channel import Channel
from .side import SideConnection

POLL = 0.25
"""Seconds between looks: with the look and the painting a wait shows within half a second."""
PATIENCE = 5.0
"""Seconds that one answer may take; the run itself waits that long for the connection at most."""
LONGEST_QUERY = 1000
"""Characters of another session's query that are told."""
LONG_MS = 1000.0
"""A statement that takes longer is told of, once in that time."""
SEEN_OUT = 1.0
"""Seconds within which a session that was told to stop should have let go."""
AGAIN = 0.05
_BUSY = ("active", "idle in transaction")
_BEGAN = re.compile(r"[-+0-9a-zA-Z :./]*")


_Before = tuple[int, bool, list[Any], list[str]]
"""pid, whether the session has another role than its login, indexes not valid, progress views."""


class Lookout:
    """The session of a watcher, opened ahead of a run: what is there then is asked at once."""

    def __init__(self, connection: Any) -> None:
        """Connect as the SQLAlchemy `connection` did. Raises nothing: `problem` is why it could not
        be."""
        self.side: Optional[SideConnection] = None
        self.problem: Optional[Exception] = None
        try:
            self.side = SideConnection(connection, patience=PATIENCE)
        except Exception as error:
            self.problem = error
        else:
            self._before = self.side.later(_before)

    def before(self) -> _Before:
        """Raises why it is not known."""
        if self.problem is not None:
            raise self.problem
        return self._before.result(PATIENCE)


class Watcher:
    """One for the worker's life; between `begin` and `end` a thread of it looks at a run."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._changed = threading.Condition()
        self._wanted: deque[tuple[int, protocol.StopSession]] = deque()
        self._side: Optional[SideConnection] = None
        self._thread: Optional[threading.Thread] = None
        self._pid = 0
        self._over = True
        self._waiting_since: Optional[float] = None
        self._progress = ""
        self._invalid: list[Any] = []
        self._told_at = 0.0
        self._queued = 0

    def begin(self, lookout: Lookout, pid: int, *others: int) -> None:
        """Watch the session `pid` until `end`; `others` are the worker's own further ones.

        A run that cannot be watched is run all the same: that is said, once.
        """
        self.end()
        self._side = lookout.side
        try:
            own, other_role, self._invalid, views = lookout.before()
            if own in (pid, *others):
                raise RuntimeError("the project gives out one connection twice")
        except Exception as error:
            self._close()
            self._say(f"waits for locks are not going to be explained: {error}")
            return
        assert self._side is not None
        self._side.as_login = other_role
        self._pid, self._over, self._progress = pid, False, watchsql.progress_of(views)
        self._thread = threading.Thread(target=self._work, name="opsmig-watch", daemon=True)
        self._thread.start()

    def follow(self, pid: int) -> None:
        """The run goes on in another server process; 0: it is not known in which."""
        self._pid = pid

    def end(self) -> None:
        """Stop watching, and answer what was still asked."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(PATIENCE)
        self._close()
        self._give_up()

    def stop(self, number: int, request: protocol.StopSession) -> None:
        """Have the request answered by the watching thread; from any thread, and at once."""
        with self._changed:
            self._wanted.append((number, request))
            self._changed.notify_all()
            idle = self._over
        if idle:
            self._give_up()

    def left_invalid(self) -> tuple[tuple[str, ...], ...]:
        """(index, table) of each index that is not valid now and was, or was not there, before."""
        if self._side is None:
            return ()
        before = {tuple(row) for row in self._invalid}
        try:
            found = self._side.ask(watchsql.INVALID, PATIENCE)
        except Exception:  # the connection is lost: the failure itself is what matters
            return ()
        return tuple(tuple(row) for row in found if tuple(row) not in before)

    def _close(self) -> None:
        side, self._side = self._side, None
        if side is not None:
            side.close()

    def _give_up(self) -> None:
        """No run is watched: whoever was to be stopped stands in nobody's way."""
        while self._wanted:
            number, _ = self._wanted.popleft()
            self._channel.send(protocol.Done(protocol.StopResult("gone")), number)

    def _say(self, text: str) -> None:
        self._channel.send(protocol.Log("WARNING", "opsmig", text))

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._over or bool(self._wanted), POLL)
                if self._over:
                    return
                wanted = self._wanted.popleft() if self._wanted else None
            try:
                if wanted is not None:
                    result = self._stop(wanted[1])
                    self._channel.send(protocol.Done(result), wanted[0])
                self._look()
            except Exception as error:
                if not self._over:
                    self._say(f"locks are no longer watched: {str(error).strip()}")
                with self._changed:
                    self._over = True
                self._give_up()
                return

    def _ask(self, sql: str, **given: Any) -> list[Any]:
        assert self._side is not None
        return self._side.ask(sql.format(pid=self._pid, **given), PATIENCE)

    def _look(self) -> None:
        rows = self._ask(watchsql.LOOK) if self._pid else []
        if rows and rows[0][0] and self._tell_wait():
            return
        if self._waiting_since is not None:
            elapsed = (time.monotonic() - self._waiting_since) * 1000
            self._waiting_since = None
            self._channel.send(protocol.WaitEnd(elapsed))
        if rows and rows[0][1] in _BUSY and (rows[0][2] or 0) >= LONG_MS:
            self._tell_progress(rows[0][2], rows[0][1] == "active")

    def _tell_progress(self, elapsed: float, active: bool) -> None:
        """Between statements, while Python code runs, only who waits for it meanwhile."""
        if time.monotonic() - self._told_at < LONG_MS / 1000:
            return
        self._told_at = time.monotonic()
        queue = self._ask(watchsql.QUEUE)[0][0]
        if not active:
            if queue or self._queued:
                self._channel.send(protocol.Progress(elapsed, queue=queue))
            self._queued = queue
            return
        found = self._ask(self._progress)[:1] if self._progress else []
        command, phase, relation, done, total, unit = found[0] if found else ("", "", "", 0, 0, "")
        told = protocol.Progress(elapsed, command, phase, relation, done, total, unit, queue)
        self._channel.send(told)

    def _tell_wait(self) -> bool:
        """Tell what is waited for; False when the wait has ended meanwhile."""
        wanted = self._ask(watchsql.WANTED)
        if not wanted:
            return False
        target, lock, relation, queue = wanted[0]
        holders = [_holder(row) for row in self._ask(watchsql.HOLDERS, longest=LONGEST_QUERY)]
        for gid, owner, database, age, mode in self._ask(watchsql.PREPARED):
            holders.append(
                protocol.Holder(
                    0, user=owner, database=database, gid=gid, transaction_ms=age, modes=(mode,)
                )
            )
        now = time.monotonic()
        if self._waiting_since is None:
            self._waiting_since = now
        elapsed = (now - self._waiting_since) * 1000
        waiting = protocol.Waiting(target, lock, relation, elapsed, tuple(holders), int(queue))
        self._channel.send(waiting)
        return True

    def _stop(self, request: protocol.StopSession) -> protocol.StopResult:
        """Cancel or terminate, and see it out."""
        if not _BEGAN.fullmatch(request.began):
            return protocol.StopResult("refused", "the session is not one that was shown")
        stands = {"other": int(request.pid), "began": request.began}
        if not self._ask(watchsql.STANDS, **stands)[0][0]:
            return protocol.StopResult("gone")
        function = "pg_terminate_backend" if request.terminate else "pg_cancel_backend"
        try:
            self._ask(watchsql.STOP, function=function, other=int(request.pid))
        except Exception as error:
            return protocol.StopResult("refused", str(error).strip())
        deadline = time.monotonic() + SEEN_OUT
        while self._ask(watchsql.STANDS, **stands)[0][0]:
            if time.monotonic() >= deadline or self._over:
                return protocol.StopResult("still")
            time.sleep(AGAIN)
        return protocol.StopResult("released")


def _before(run: Callable[[str], list[Any]]) -> _Before:
    ((own, other_role),) = run(watchsql.OWN)
    return own, other_role, run(watchsql.INVALID), [row[0] for row in run(watchsql.VIEWS)]


def _holder(row: Any) -> protocol.Holder:
    pid, application, user, database, address, kind, state, xact, since, query, *rest = row
    modes, waits_for, began = rest
    return protocol.Holder(
        pid=pid,
        application=application,
        user=user,
        database=database,
        address=address,
        kind=kind,
        state=state,
        transaction_ms=xact,
        state_ms=since,
        query=query if state else "",
        modes=tuple(filter(None, modes.split(","))),
        waits_for=tuple(int(one) for one in waits_for.split(",") if one),
        began=began,
    )

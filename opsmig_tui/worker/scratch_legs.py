"""A rehearsal on a scratch database: each leg is a run of its own, and stays there.

What cannot run in a transaction that is rolled back (autocommit_block, CREATE INDEX CONCURRENTLY,
transaction_per_migration, a commit of its own) can here, as it would in earnest.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Optional

from . import protocol, retyped
from .asking import in_transaction, raw_rows
from .connections import autocommits
from .drift import drift_within
from .environment import run_environment
from .errors import Cancelled
from .guard import check_database, check_steps
from .legs import BACK, Legs, judged
from .listening import Heard, Hearing
from .locktrace import LockTrace
from .losses import losses_of
from .plan import options_of, steps_of
from .protocol import SchemaObject
from .redirect import no_programs, refuse_outside
from .revisions import real_heads
from .session import Session
from .snapshot import difference, take_snapshot
from .status import OPTIONS

# Only before any query of its transaction, ours among them (documentation, SET TRANSACTION).
_FIRST = re.compile(r"(?i)\s*SET\s+TRANSACTION\b")


class _Listener(Hearing):
    """As listening.Listener, with nothing to hold off but what reaches beyond the database."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = False
        """SQLAlchemy began a transaction, in which nothing has run yet."""

    def begin(self, connection: Any) -> None:
        """A leg begins on this connection."""
        raw_rows(connection, "SET client_min_messages = debug1")
        self.statements = []
        self._locks = LockTrace(connection)
        self._transaction = self._locks.transaction

    def restart(self) -> None:
        """alembic has come to the migration's function."""
        assert self._locks is not None
        self._locks.restart()
        self.listening = True

    def connecting(self) -> None:
        """Any number of sessions: all of them are redirected."""

    def begun(self, connection: Any) -> None:
        """What is begun may write. Of what ended before it, nothing is held any more."""
        self._begun = True

    def committing(self, connection: Any) -> None:
        """What is committed stays in the scratch database."""

    def before(self, conn: Any, sql: str, file: Optional[str], line: Optional[int]) -> None:
        if self.listening:
            self.statements.append(Heard(sql, file, line, time.perf_counter()))
        refuse_outside(sql)
        if self.listening:
            if self._begun and not _FIRST.match(sql):
                self._begun = False
                self._settle()
            self._keep(conn, sql)
            self.statements[-1].began = time.perf_counter()

    def after(self, conn: Any, elapsed_ms: float, rows: Optional[int]) -> None:
        if self.listening and self.statements:
            self.statements[-1].elapsed_ms, self.statements[-1].rows = elapsed_ms, rows
            self.look()
            if self._kept is not None:
                with self._aside():
                    self.statements[-1].retyped = retyped.compared(conn, self._kept)

    def _keep(self, conn: Any, sql: str) -> None:
        """Where a column gets another type: its values, to be compared afterwards."""
        self._kept = None
        if not retyped.changes_type(sql):
            return
        with self._aside():
            if autocommits(conn):
                self._kept = retyped.keep_alone(conn, sql)
                return
            with contextlib.suppress(Exception):  # the transaction has failed already
                retyped.prepare(conn)
                self._kept = retyped.keep(conn, sql, sys.maxsize)  # nobody waits meanwhile

    def look(self) -> None:
        """The locks of the transaction at hand. One that has ended holds none any more, and what
        ran outside of a transaction has let go of its own by now."""
        assert self._locks is not None
        try:
            transaction, locks, work = self._locks.look()
        except Exception:  # the migration goes on in a transaction that has failed
            return
        self._ended_before(transaction)
        if self.statements:
            self.statements[-1].locks += locks
            self.statements[-1].work += work

    def _settle(self) -> None:
        """A transaction begins: what the server counted of the one before is no work of it."""
        assert self._locks is not None
        with contextlib.suppress(Exception):  # the session is gone: the statement says so
            self._locks.restart()
            self._ended_before(self._locks.transaction)

    def _ended_before(self, transaction: str) -> None:
        """Where another one is at hand now, it ended before the last statement began."""
        if transaction != self._transaction:
            self._transaction = transaction
            for one in self.statements[:-1]:
                one.let_go = one.let_go or self.statements[-1].began


class _ScratchLegs(Legs):
    """One leg at a time, each in a run of env.py of its own."""

    def __init__(self, session: Session, listener: _Listener, total: int) -> None:
        super().__init__(session, None, listener)
        self._total = total
        self._counted: tuple[protocol.Loss, ...] = ()

    def next(self, context: Any, step: Any, way: str, losses: tuple[protocol.Loss, ...]) -> Any:
        """alembic's step for this leg; `losses` were counted before."""
        self._context, self._connection, self._counted = context, context.connection, losses
        return self._prepared(step.revision, way)

    def _losses(self, path: str, direction: str) -> tuple[protocol.Loss, ...]:
        return self._counted

    def _wrapped(self, function: Callable[..., Any]) -> Callable[..., None]:
        def leg(*args: Any, **kwargs: Any) -> None:
            session, listener = self._session, self._listener
            session.trace.failed_statement = ""
            listener.restart()
            session.trace.recording = True
            self._began = time.perf_counter()
            try:
                with no_programs():
                    function(*args, **kwargs)
                listener.look()
            finally:  # what follows is alembic's own book
                listener.listening = session.trace.recording = False

        return leg

    def failed(self, error: BaseException) -> None:
        """The run of the leg ended with this; what it committed before stays. Raises what is no
        part of a leg, and Cancelled."""
        cancelled = isinstance(error, Cancelled) or self._session.cancellation.was_cancelled
        if cancelled or not self._began:
            raise error
        outcome, told = judged(self._session, error)
        self._end(outcome, told)

    def ended_well(self) -> None:
        self._end("ok")

    def _end(self, outcome: str, failed: Any = None) -> None:
        super()._end(outcome, failed)
        self._began = 0.0


@dataclasses.dataclass
class _Look:
    """What was there between two legs."""

    snapshot: tuple[SchemaObject, ...]
    heads: tuple[str, ...]
    losses: tuple[protocol.Loss, ...]
    drift: Optional[tuple[protocol.DriftOperation, ...]] = None


class _Trial:
    """All legs of a request."""

    def __init__(self, session: Session, request: protocol.Rehearse) -> None:
        self._session, self._request = session, request
        self.listener = _Listener()
        self._steps: list[Any] = []

    def run(self) -> protocol.RehearseResult:
        """Raises WorkerError where it could not begin, and Cancelled."""
        look = self._first()
        legs, direction = self._legs, self._request.direction
        ways = (direction, BACK[direction], direction)
        for number, step in enumerate(self._steps):
            snapshots = [look.snapshot]
            for index, way in enumerate(ways):
                self._leg(step, way, look.losses)
                following = (step, ways[index + 1]) if index < 2 else self._after(number)
                seen = self._look_after(following)
                if seen is None:
                    return self._result(None)
                look = seen
                if legs.legs[-1].outcome != "ok":
                    break
                snapshots.append(look.snapshot)
                changes = difference(snapshots[-2], snapshots[-1])
                legs.legs[-1] = dataclasses.replace(legs.legs[-1], changes=changes)
            legs.compare(step.revision, direction, snapshots)
            if len(snapshots) == 4:
                continue
            # A way back that failed and left nothing behind is no reason to end.
            if len(snapshots) != 2 or set(look.snapshot) != set(snapshots[-1]):
                break
            look = self._look(self._after(number))
        return self._result(look.drift)

    def _result(
        self, drift: Optional[tuple[protocol.DriftOperation, ...]]
    ) -> protocol.RehearseResult:
        return protocol.RehearseResult(
            legs=tuple(self._legs.legs),
            round_trips=tuple(self._legs.round_trips),
            drift=drift,
            elapsed_ms=self._session.elapsed_ms(),
            on="scratch",
        )

    def _after(self, number: int) -> Optional[tuple[Any, str]]:
        """The first leg of the next revision, None after the last."""
        if number + 1 < len(self._steps):
            return self._steps[number + 1], self._request.direction
        return None

    def _first(self) -> _Look:
        """Checks the plan, in the scratch database."""
        session, request = self._session, self._request

        def check(context: Any, heads: tuple[str, ...]) -> tuple[Any, str]:
            check_database(session, context, heads, request.expected, 0)
            self._steps = steps_of(context.script, request.direction, request.target, heads)
            check_steps(self._steps, request, 0)
            self._legs = _ScratchLegs(session, self.listener, 3 * len(self._steps))
            return self._steps[0], request.direction

        return self._look_in(check)

    def _look(self, following: Optional[tuple[Any, str]]) -> _Look:
        return self._look_in(lambda context, heads: following)

    def _look_after(self, following: Optional[tuple[Any, str]]) -> Optional[_Look]:
        """What a leg left behind. None where the server does not answer any more: then the leg
        says so, with all that was seen before."""
        legs = self._legs.legs
        try:
            return self._look(following)
        except Exception as error:
            if self._session.cancellation.was_cancelled:
                raise
            if legs[-1].outcome == "ok":
                outcome, failed = judged(self._session, error)
                legs[-1] = dataclasses.replace(legs[-1], outcome=outcome, failed=failed)
            return None

    def _look_in(self, next_leg: Callable[[Any, tuple[str, ...]], Any]) -> _Look:
        found: list[_Look] = []

        def fn(heads: tuple[str, ...], context: Any) -> None:
            following = next_leg(context, heads)
            with in_transaction(context.connection):
                found.append(self._seen(context, heads, following))

        run_environment(self._session, fn, "current", OPTIONS)
        return found[0]

    def _seen(self, context: Any, heads: tuple[str, ...], following: Any) -> _Look:
        snapshot = take_snapshot(
            context.connection, context.version_table, context.version_table_schema
        )
        losses: tuple[protocol.Loss, ...] = ()
        drift = None
        if following is not None:
            step, way = following
            losses = losses_of(str(step.revision.path), way, context)
        elif set(heads) == set(real_heads(context.script)) and self._ends_up():
            with contextlib.suppress(Exception):  # it fails elsewhere, too, and says why there
                drift = drift_within(context)
        return _Look(snapshot, heads, losses, drift)

    def _ends_up(self) -> bool:
        last = self._legs.legs[-1] if self._legs.legs else None
        return last is not None and (last.direction, last.outcome) == ("upgrade", "ok")

    def _leg(self, step: Any, way: str, losses: tuple[protocol.Loss, ...]) -> None:
        session, request = self._session, self._request

        def fn(heads: tuple[str, ...], context: Any) -> Iterator[Any]:
            if not heads:
                context._ensure_version_table()  # dont_mutate kept alembic from it
            self.listener.begin(context.connection)
            yield self._legs.next(context, step, way, losses)

        target = request.target if way == request.direction else "-1"
        try:
            run_environment(session, fn, way, options_of(request), destination_rev=target)
        except BaseException as error:
            self._legs.failed(error)
        else:
            self._legs.ended_well()


def rehearse_on_scratch(session: Session, request: protocol.Rehearse) -> protocol.RehearseResult:
    """Legs, round trips and drift, in the database that this worker was redirected to.

    Raises WorkerError where it could not begin, and what cancelling raises.
    """
    trial = _Trial(session, request)
    session.trace.rehearsal = trial.listener
    try:
        return trial.run()
    finally:
        session.trace.rehearsal = None
        session.trace.end()

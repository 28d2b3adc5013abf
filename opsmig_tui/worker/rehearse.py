"""A rehearsal on the database itself: real data, both directions, and everything rolled back.

One transaction that the server refuses to commit (arming.py), in a session whose other
transactions cannot write. An env.py that writes ahead of the migrations must not come so far: it
fails in a run of it before, in sessions that cannot write at all: the last one, of some seconds ago
(Session.only_read), or one of its own. That all is as before, the session that holds the run's lock
tells where nothing was committed on the server meanwhile; else the schema is compared.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from typing import Any, Optional

from . import protocol
from .arming import arm
from .asking import raw_rows
from .beside import OLDEST, Sequences
from .connections import autocommits
from .environment import reads_only, run_environment
from .errors import Cancelled, WorkerError, failure
from .guard import Guard, check_database, check_position, check_steps
from .legs import Legs, judged
from .listening import Listener
from .locked import telling_who_locks
from .plan import options_of, steps_of
from .pooled import REHEARSED_PAST_IT, is_pooled
from .scratch_legs import rehearse_on_scratch
from .session import Session
from .snapshot import take_snapshot
from .status import OPTIONS, database_status

_TRAITS = f"""
SELECT current_setting('default_transaction_read_only') = 'on',
  has_database_privilege(current_database(), 'TEMPORARY'),
  EXISTS (SELECT FROM pg_catalog.pg_language WHERE lanname = 'plpgsql'
    AND has_language_privilege(oid, 'USAGE')),
  {OLDEST}
"""
ELSEWHERE = "Try it on a scratch database."


class _Over(BaseException):
    """Raised in alembic's loop when all is seen, or when nothing is to be: all rolls back."""


class _Rehearsal:
    """What its runs of env.py share."""

    def __init__(self, session: Session, request: protocol.Rehearse) -> None:
        self.session = session
        self.request = request
        self.guard = Guard(session, sequences=True)
        self.listener = Listener(request.most_rows)
        self.legs: Optional[Legs] = None
        self.database: Optional[protocol.DatabaseStatus] = None
        self.since = 0
        """`OLDEST`, before our own transaction could have a number."""
        self.after: Sequences = {}
        self.current: Optional[tuple[str, ...]] = None
        self.unchanged = False
        self.refused = ""
        self.failed: Optional[Exception] = None
        """Why it could not begin: env.py may hush that up."""
        self.expired = False

    def check(self, heads: tuple[str, ...], context: Any) -> None:
        """That it is what was confirmed, and whether it can be rehearsed here at all."""
        self.database = check_database(self.session, context, heads, self.request.expected, 0)
        self.refused, self.since = _refusal(self.session, context)

    def rehearse(self, heads: tuple[str, ...], context: Any) -> Iterator[Any]:
        """The legs, within the armed transaction."""
        try:
            legs, steps = self._begin(heads, context)
        except Exception as error:
            self.failed = error
            raise
        with self.listener.guarding(context.connection), self._limited():
            if not heads:
                context._ensure_version_table()  # dont_mutate kept alembic from it
            self.legs = legs
            yield from legs.run(steps, self.request.direction)
            raise _Over

    def _begin(self, heads: tuple[str, ...], context: Any) -> tuple[Legs, list[Any]]:
        """Arm the transaction and take the lock. Raises _Over where nothing is to be seen."""
        request = self.request
        self.check(heads, context)
        if self.refused:
            raise _Over
        steps = steps_of(context.script, request.direction, request.target, heads)
        check_steps(steps, request, 0)
        legs = Legs(self.session, context, self.listener)

        def begin() -> None:
            arm(context.connection, request.lock_timeout_ms)
            with telling_who_locks(context.connection):
                legs.look()

        self.guard.take(context, begin)
        check_position(context.get_current_heads(), request.expected[0])
        return legs, steps

    def _limited(self) -> Any:
        return _Limit(self.session, self.request.seconds, self._expire)

    def _expire(self) -> None:
        self.expired = True

    def look_back(self) -> None:
        """What stayed, now that all was rolled back and while the lock is still held."""
        beside = self.guard.beside
        if beside is None or self.database is None:
            return
        self.current = beside.position()
        if self.current == self.database.current:
            self.unchanged = beside.nothing_committed(self.since)
        self.after = beside.sequences()

    def sequences(self) -> tuple[protocol.MovedSequence, ...]:
        """Those that did not stay where they were: no rollback takes that back."""
        before, after = self.guard.sequences, self.after
        return tuple(
            protocol.MovedSequence(name, before[name], after[name])
            for name in sorted(before.keys() & after.keys())
            if before[name] != after[name]
        )

    def ended(self, error: BaseException) -> None:
        """env.py raised. Raises what was no part of a leg."""
        if isinstance(error, _Over) or (self.legs is not None and self.legs.ended):
            return
        if self.legs is None:
            raise error
        cancelled = isinstance(error, Cancelled) or self.session.cancellation.was_cancelled
        if cancelled and not self.expired:
            raise error
        outcome, failed = judged(self.session, error)
        if self.expired:
            outcome = "stopped"
            text = (
                f"It took longer than {self.request.seconds:g} s, for which others wait for what "
                f"it locks. {ELSEWHERE}"
            )
            failed = dataclasses.replace(failed, kind="refused", message=text)
        last = self.legs.legs[-1] if self.legs.legs else None
        if not self.legs.interrupted(outcome, failed) and (last is None or last.outcome == "ok"):
            raise error


class _Limit:
    """The time limit: like a cancel that comes by itself, on the server and in Python code."""

    def __init__(self, session: Session, seconds: float, expire: Any) -> None:
        self._session = session
        self._expire = expire
        self._number = session.channel.current
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True

    def _ring(self) -> None:
        self._expire()
        if self._number is not None:
            self._session.cancellation.cancel(self._number)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()


def rehearse(session: Session, request: protocol.Rehearse) -> protocol.RehearseResult:
    """Legs, round trips and what remains. Raises WorkerError where it could not begin, or was
    cancelled: with the position read back."""
    if not session.settings.runner:
        raise WorkerError(protocol.Failed("protocol", "A reader does not rehearse."))
    if session.settings.scratch:
        return rehearse_on_scratch(session, request)
    held = _Rehearsal(session, request)
    if len(request.expected) != 1:
        return protocol.RehearseResult(refused=_several(len(request.expected)))
    if not reads_only(session):
        run_environment(session, held.check, "current", OPTIONS)
    try:
        if not held.refused:
            _perform(held)
    except BaseException as error:
        _finish(session)
        failed = failure(session, error)
        after = _read_back(held, lambda _: ())
        current = after[0].current if after is not None else None
        raise WorkerError(dataclasses.replace(failed, current=current)) from None
    _finish(session)
    if held.refused:
        return protocol.RehearseResult(refused=held.refused, database=held.database)
    return _result(held)


def _perform(held: _Rehearsal) -> None:
    session, request = held.session, held.request
    session.trace.rehearsal = held.listener
    try:
        try:
            run_environment(
                session,
                held.rehearse,
                request.direction,
                options_of(request),
                destination_rev=request.target,
            )
            if held.failed is not None:
                raise held.failed
        except BaseException as error:
            held.ended(error)
        session.trace.rehearsal = None
        session.cancellation.end()
        held.look_back()
    finally:
        session.trace.rehearsal = None
        held.guard.release()


def _finish(session: Session) -> None:
    session.cancellation.end()
    session.trace.end()


def _result(held: _Rehearsal) -> protocol.RehearseResult:
    legs, unchanged, current = held.legs, held.unchanged, held.current
    assert legs is not None
    if not unchanged:
        after = _read_back(held, _schema)
        current = after[0].current if after is not None else None
        unchanged = after is not None and (
            after[0] == held.database and set(after[1]) == set(legs.first)
        )
    return protocol.RehearseResult(
        legs=tuple(legs.legs),
        round_trips=tuple(legs.round_trips),
        sequences=held.sequences(),
        current=current,
        unchanged=unchanged,
        drift=legs.drift,
        elapsed_ms=held.session.elapsed_ms(),
        database=held.database,
    )


_Objects = tuple[protocol.SchemaObject, ...]


def _schema(context: Any) -> _Objects:
    return take_snapshot(context.connection, context.version_table, context.version_table_schema)


def _read_back(
    held: _Rehearsal, look: Callable[[Any], _Objects]
) -> Optional[tuple[protocol.DatabaseStatus, _Objects]]:
    """(position, what `look` returns) on a fresh connection, None where it cannot be asked.

    Nothing cancels it any more: it waits for others' locks no longer than the rehearsal did.
    """
    found: list[tuple[protocol.DatabaseStatus, _Objects]] = []

    def fn(heads: tuple[str, ...], context: Any) -> None:
        if context.dialect.name == "postgresql":
            timeout = int(held.request.lock_timeout_ms)
            raw_rows(context.connection, f"SET LOCAL lock_timeout = {timeout}")
        found.append((database_status(context, heads), look(context)))

    try:
        run_environment(held.session, fn, "current", OPTIONS)
    except BaseException:  # "not known" is said by None
        return None
    return found[0] if found else None


def _refusal(session: Session, context: Any) -> tuple[str, int]:
    """(why it cannot be rehearsed here or "", `OLDEST`)."""
    if context.dialect.name != "postgresql":
        return (
            "Only PostgreSQL takes back every step of a migration, so only there can one be tried."
        ), 0
    [(read_only, temporary, plpgsql, since)] = raw_rows(context.connection, _TRAITS)
    return _why_not(session, context, read_only, temporary, plpgsql), since


def _why_not(
    session: Session, context: Any, read_only: bool, temporary: bool, plpgsql: bool
) -> str:
    if context._transaction_per_migration:
        return (
            "env.py has each migration in a transaction of its own (transaction_per_migration), "
            f"which would commit it. {ELSEWHERE}"
        )
    if not context.impl.transactional_ddl:
        return f"env.py says that schema changes are not transactional. {ELSEWHERE}"
    if autocommits(context.connection):
        return f"env.py's engine commits every statement at once (AUTOCOMMIT). {ELSEWHERE}"
    if is_pooled(context.connection):
        return REHEARSED_PAST_IT
    if not session.trace.options_taken or not read_only:
        return (
            "A connection pooler or the driver does not pass on that a session may only read, "
            f"which the rehearsal relies on. {ELSEWHERE}"
        )
    if not temporary or not plpgsql:
        what = "make temporary tables" if not temporary else "use PL/pgSQL"
        return f"This role may not {what}, by which the server refuses a commit. {ELSEWHERE}"
    return ""


def _several(count: int) -> str:
    return f"env.py goes through {count} databases; a rehearsal knows only one."

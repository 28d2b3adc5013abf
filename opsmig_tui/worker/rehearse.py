"""A rehearsal on the database itself: real data, both directions, and everything rolled back.

Three runs of env.py. The first only reads, in sessions that cannot write: what speaks against it
is found there, and an env.py that writes ahead of the migrations fails. The second is the
rehearsal: one transaction that the server refuses to commit (arming.py), in a session whose other
transactions cannot write. The third reads the position back, and whether all is as before.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext

from . import protocol
from .asking import raw_rows
from .connections import autocommits
from .environment import run_environment
from .errors import Cancelled, WorkerError, failure
from .guard import Guard, check_database, check_steps
from .legs import Legs, judged
from .listening import Listener
from .plan import options_of, steps_of
from .scratch_legs import rehearse_on_scratch
from .session import Session
from .snapshot import take_snapshot
from .status import OPTIONS, database_status

_SEQUENCES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value
FROM pg_catalog.pg_sequences
"""
_TRAITS = """
SELECT current_setting('default_transaction_read_only') = 'on',
  has_database_privilege(current_database(), 'TEMPORARY'),
  EXISTS (SELECT FROM pg_catalog.pg_language WHERE lanname = 'plpgsql'
    AND has_language_privilege(oid, 'USAGE'))
"""
ELSEWHERE = "Try it on a scratch database."


class _Over(BaseException):
    """Raised in alembic's loop when all is seen: everything rolls back."""


class _Rehearsal:
    """What the three runs of env.py share."""

    def __init__(self, session: Session, request: protocol.Rehearse) -> None:
        self.session = session
        self.request = request
        self.guard = Guard(session)
        self.listener = Listener(request.most_rows)
        self.legs: Optional[Legs] = None
        self.database: Optional[protocol.DatabaseStatus] = None
        self.sequences: dict[str, Optional[int]] = {}
        self.refused = ""
        self.expired = False

    def look(self, heads: tuple[str, ...], context: MigrationContext) -> None:
        """Whether it can be rehearsed here at all, asked in a session that cannot write."""
        check_database(self.session, context, heads, self.request.expected, 0)
        self.database = database_status(context, heads)
        self.refused = _refusal(self.session, context)
        if not self.refused:
            self.sequences = dict(raw_rows(context.connection, _SEQUENCES))

    def rehearse(self, heads: tuple[str, ...], context: Any) -> Iterator[Any]:
        """The legs, within the armed transaction."""
        session, request = self.session, self.request
        check_database(session, context, heads, request.expected, 0)
        steps = steps_of(context.script, request.direction, request.target, heads)
        check_steps(steps, request, 0)
        self.guard.take(context)
        check_database(session, context, context.get_current_heads(), request.expected, 0)
        with self.listener.guarding(context.connection), self._limited():
            timeout = int(request.lock_timeout_ms)
            raw_rows(context.connection, f"SET LOCAL lock_timeout = {timeout}")
            if not heads:
                context._ensure_version_table()  # dont_mutate kept alembic from it
            self.legs = Legs(session, context, self.listener)
            yield from self.legs.run(steps, request.direction)
            raise _Over

    def _limited(self) -> Any:
        return _Limit(self.session, self.request.seconds, self._expire)

    def _expire(self) -> None:
        self.expired = True

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
    run_environment(session, held.look, "current", OPTIONS)
    if held.refused:
        return protocol.RehearseResult(refused=held.refused, database=held.database)
    try:
        _perform(held)
    except BaseException as error:
        _finish(session)
        failed = failure(session, error)
        after = _read_back(held)
        current = after[0].current if after is not None else None
        raise WorkerError(dataclasses.replace(failed, current=current)) from None
    _finish(session)
    return _result(held)


def _perform(held: _Rehearsal) -> None:
    session, request = held.session, held.request
    session.trace.rehearsal = held.listener
    try:
        run_environment(
            session,
            held.rehearse,
            request.direction,
            options_of(request),
            destination_rev=request.target,
        )
    except BaseException as error:
        held.ended(error)
    finally:
        session.trace.rehearsal = None
        held.guard.release()


def _finish(session: Session) -> None:
    session.cancellation.end()
    session.trace.end()


def _result(held: _Rehearsal) -> protocol.RehearseResult:
    legs = held.legs
    assert legs is not None
    after = _read_back(held)
    moved: tuple[protocol.MovedSequence, ...] = ()
    if after is not None:
        moved = tuple(
            protocol.MovedSequence(name, held.sequences[name], value)
            for name, value in sorted(after[2].items())
            if name in held.sequences and held.sequences[name] != value
        )
    same = after is not None and held.database is not None
    return protocol.RehearseResult(
        legs=tuple(legs.legs),
        round_trips=tuple(legs.round_trips),
        sequences=moved,
        current=after[0].current if after is not None else None,
        unchanged=bool(
            same and after and after[0] == held.database and set(after[1]) == set(legs.first)
        ),
        drift=legs.drift,
        elapsed_ms=held.session.elapsed_ms(),
        database=held.database,
    )


def _read_back(held: _Rehearsal) -> Any:
    """(status, snapshot, sequences) on a fresh connection, None where it cannot be asked."""
    found: list[Any] = []

    def fn(heads: tuple[str, ...], context: Any) -> None:
        snapshot = take_snapshot(
            context.connection, context.version_table, context.version_table_schema
        )
        sequences = dict(raw_rows(context.connection, _SEQUENCES))
        found.append((database_status(context, heads), snapshot, sequences))

    try:
        run_environment(held.session, fn, "current", OPTIONS)
    except BaseException:  # "not known" is said by None
        return None
    return found[0]


def _refusal(session: Session, context: Any) -> str:
    """Why it cannot be rehearsed here, or ""."""
    if context.dialect.name != "postgresql":
        return (
            "Only PostgreSQL takes back every step of a migration, so only there can one be tried."
        )
    if context._transaction_per_migration:
        return (
            "env.py has each migration in a transaction of its own (transaction_per_migration), "
            f"which would commit it. {ELSEWHERE}"
        )
    if not context.impl.transactional_ddl:
        return f"env.py says that schema changes are not transactional. {ELSEWHERE}"
    if autocommits(context.connection):
        return f"env.py's engine commits every statement at once (AUTOCOMMIT). {ELSEWHERE}"
    [(read_only, temporary, plpgsql)] = raw_rows(context.connection, _TRAITS)
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

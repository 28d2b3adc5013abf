"""Upgrade and downgrade: guarded, told step by step, and read back at the end."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext

from . import protocol
from .environment import run_environment
from .errors import WorkerError, failure
from .guard import Guard, check_database, check_position, check_steps
from .plan import options_of, steps_of
from .redirect import no_programs
from .revisions import as_tuple
from .session import Session
from .status import read_databases


class Progress:
    """How far a run has come: the step at hand, and what the version table would hold after it."""

    def __init__(self, session: Session, request: protocol.Run) -> None:
        self._session = session
        self._request = request
        self.started: list[str] = []
        self._heads: list[frozenset[str]] = []
        self._begun = 0.0

    def begin(self, heads: tuple[str, ...]) -> None:
        """The database's position before its first step."""
        self._heads.append(frozenset(heads))

    def committed(self, current: Optional[tuple[str, ...]]) -> tuple[str, ...]:
        """The steps that stay: as read back where that fits a step, else as commits were seen.

        Several databases cannot be told apart by their positions together.
        """
        if current is not None and len(self._request.expected) == 1:
            for done in reversed(range(len(self._heads))):
                if self._heads[done] == frozenset(current):
                    return tuple(self.started[:done])
        return tuple(self._session.trace.committed)

    def start(self, step: Any) -> None:
        """Tell that a step begins. Raises Cancelled between steps, too."""
        self._session.cancellation.check()
        self._session.trace.settle()
        self.started.append(step.revision.revision)
        self._session.trace.stays.step = step.revision.revision
        self._begun = time.perf_counter()
        self._session.send(
            protocol.StepStart(
                number=len(self.started),
                total=len(self._request.steps),
                revision=step.revision.revision,
                down_revisions=as_tuple(step.revision.down_revision),
                direction=self._request.direction,
                message=step.revision.doc or "",
            )
        )

    def finished(self, *, heads: Any, **told: Any) -> None:
        """alembic's on_version_apply callback: the step is done and its version row written."""
        self._heads.append(frozenset(heads))
        self._session.trace.applied.append(self.started[-1])
        self._session.send(
            protocol.StepEnd(
                number=len(self.started),
                total=len(self._request.steps),
                revision=self.started[-1],
                elapsed_ms=(time.perf_counter() - self._begun) * 1000,
            )
        )


def run(session: Session, request: protocol.Run) -> protocol.RunResult:
    """Perform the confirmed plan, or nothing: raises WorkerError with what stays and what went."""
    if not session.settings.runner:
        raise WorkerError(protocol.Failed("protocol", "A reader does not run migrations."))
    progress = Progress(session, request)
    guard = Guard(session)
    try:
        _perform(session, request, progress, guard)
        session.cancellation.end()
        current = guard.position()
    except BaseException as error:
        session.cancellation.end()
        session.trace.end()
        failed = failure(session, error)
        raise WorkerError(_read_back(session, failed, progress)) from None
    finally:
        guard.release()
    session.trace.end()
    if current is None:
        current = positions(read_databases(session)[0])
    return protocol.RunResult(
        direction=request.direction,
        applied=tuple(progress.started),
        committed=progress.committed(current),
        current=current,
        elapsed_ms=session.elapsed_ms(),
    )


def _perform(session: Session, request: protocol.Run, progress: Progress, guard: Guard) -> None:
    count = 0

    def fn(heads: tuple[str, ...], context: MigrationContext) -> Iterator[Any]:
        nonlocal count
        script: Any = context.script
        check_database(session, context, heads, request.expected, count)
        steps = steps_of(script, request.direction, request.target, heads)
        check_steps(steps, request, len(progress.started))
        guard.take(context)
        # another run may have ended between the first look and the lock
        check_position(context.get_current_heads(), request.expected[count])
        count += 1
        progress.begin(heads)
        if not heads:
            context._ensure_version_table()  # dont_mutate kept alembic from it before the checks
        callbacks = tuple(context.on_version_apply_callbacks)
        context.on_version_apply_callbacks = (*callbacks, progress.finished)
        session.trace.recording = True
        for step in steps:
            progress.start(step)
            if session.settings.scratch:
                step.migration_fn = no_programs()(step.migration_fn)
            yield step

    run_environment(
        session, fn, request.direction, options_of(request), destination_rev=request.target
    )


def positions(databases: list[protocol.DatabaseStatus]) -> tuple[str, ...]:
    """The current revisions of all databases, each named once."""
    return tuple(dict.fromkeys(version for item in databases for version in item.current))


def _read_back(session: Session, failed: protocol.Failed, progress: Progress) -> protocol.Failed:
    """`failed` with where the database stands now, asked on a fresh connection."""
    current: Optional[tuple[str, ...]]
    try:
        current = positions(read_databases(session)[0])
    except BaseException:  # the failure itself is what matters; "not known" is said by None
        current = None
    committed = progress.committed(current)
    stays = session.trace.stays
    undone = [one for one in progress.started[len(committed) :] if not stays.whole(one)]
    return dataclasses.replace(
        failed,
        committed=committed,
        rolled_back=tuple(undone),
        current=current,
        kept=stays.beside(committed),
        invalid=session.watcher.left_invalid(),
    )

"""The steps of a rehearsal, handed to alembic one by one: there, back and there again."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import time
from collections.abc import Callable, Iterator
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext, MigrationStep

from . import arming
from .asking import raw_rows
from .compared import Compared, key_of
from .drift import drift_within
from .errors import LOCK_NOT_AVAILABLE, Cancelled, WorkerError, describe, their_frame
from .listening import AUTOCOMMIT, Stopped, refused
from .losses import losses_of
from .protocol import (
    DriftOperation,
    Failed,
    Loss,
    RehearsedLeg,
    RoundTrip,
    SchemaDelta,
    SchemaObject,
    StepEnd,
    StepStart,
)
from .revisions import as_tuple, real_heads
from .session import Session
from .snapshot import difference, plan_snapshots, take_snapshot

COMMITS = (
    "The migration commits by itself, which the rehearsal did not let happen. "
    "Try it on a scratch database."
)
ELSEWHERE = (
    "The migration writes outside of its transaction, which the rehearsal did not let happen. "
    "Try it on a scratch database."
)
_REFUSALS = {arming.SQLSTATE: COMMITS, "25006": ELSEWHERE}
"""SQLSTATE → why. 25006: read_only_sql_transaction (the session's other transactions only read)."""
BACK = {"upgrade": "downgrade", "downgrade": "upgrade"}
"""The other direction."""


class Legs:
    """Runs the legs, and keeps what each of them showed."""

    def __init__(
        self, session: Session, context: Optional[MigrationContext], listener: Any
    ) -> None:
        """`listener`: a listening.Listener, or what is like one."""
        self._session = session
        self._context: Any = context
        self._listener = listener
        self._connection: Any = context.connection if context is not None else None
        self._began = 0.0
        self._number = self._total = 0
        self.legs: list[RehearsedLeg] = []
        self.round_trips: list[RoundTrip] = []
        self.first: tuple[SchemaObject, ...] = ()
        self.drift: Optional[tuple[DriftOperation, ...]] = None
        self.ended = False

    def look(self) -> None:
        """What the schema is before the first leg. `run` follows."""
        plan_snapshots(self._connection)
        self.first = self._snapshot()

    def run(self, steps: list[Any], direction: str) -> Iterator[Any]:
        """Yield each step to alembic. Ends early where a leg leaves no ground for the next."""
        self._context.autocommit_block = _no_autocommit
        self._total = 3 * len(steps)
        before = self.first
        for step in steps:
            snapshots = [before]
            for way in (direction, BACK[direction], direction):
                yield self._prepared(step.revision, way)
                if self.legs[-1].outcome != "ok":
                    break
                snapshots.append(self._snapshot())
                changes = difference(snapshots[-2], snapshots[-1])
                self.legs[-1] = dataclasses.replace(self.legs[-1], changes=changes)
            self.compare(step.revision, direction, snapshots)
            before = snapshots[-1]
            if len(snapshots) == 2:
                # the way back failed and is undone: alembic's own book goes forward again
                yield _nothing(self._context, step.revision, direction)
            elif len(snapshots) < 4:
                break
        self._look_at_drift(before)
        self.ended = True

    def _look_at_drift(self, snapshot: tuple[SchemaObject, ...]) -> None:
        """At the heads, after the last upgrade: what the models have that the migrations lack."""
        context = self._context
        if not self.legs or (self.legs[-1].direction, self.legs[-1].outcome) != ("upgrade", "ok"):
            return
        if context.opts.get("target_metadata") is None:
            return
        if set(context.get_current_heads()) != set(real_heads(context.script)):
            return
        session = self._session
        key = key_of(session.settings.root, context, snapshot)
        if key is not None and session.rehearsed is not None and session.rehearsed.key == key:
            self.drift = session.rehearsed.operations
            return
        session.rehearsed = None
        raw_rows(self._connection, "SAVEPOINT opsmig_drift")
        try:
            self.drift = drift_within(context)
            session.rehearsed = Compared(key, self.drift) if key is not None else None
        except Exception:  # the comparison fails elsewhere, too, and says why there
            raw_rows(self._connection, "ROLLBACK TO SAVEPOINT opsmig_drift")

    def interrupted(self, outcome: str, failed: Failed) -> bool:
        """The leg under way ended with all the rest. False where none was under way."""
        if not self._listener.listening:
            return False
        self._end(outcome, failed)
        return True

    def _prepared(self, revision: Any, direction: str) -> Any:
        """alembic's step, its function wrapped: a failure takes back its own leg only."""
        step = make_step(self._context, revision, direction)
        step.migration_fn = self._wrapped(step.migration_fn)
        self._number += 1
        path = str(revision.path)
        self._leg = RehearsedLeg(
            revision.revision, direction, path, "ok", 0.0,
            losses=self._losses(path, direction),
        )  # fmt: skip
        self._session.send(
            StepStart(
                self._number,
                self._total,
                revision.revision,
                as_tuple(revision.down_revision),
                direction,
                revision.doc or "",
            )
        )  # fmt: skip
        return step

    def _losses(self, path: str, direction: str) -> tuple[Loss, ...]:
        """Counting bounds its time for the transaction; the leg is not to be bound by that."""
        raw_rows(self._connection, "SAVEPOINT opsmig_losses")
        try:
            return losses_of(path, direction, self._context)
        finally:
            raw_rows(self._connection, "ROLLBACK TO SAVEPOINT opsmig_losses")

    def _wrapped(self, function: Callable[..., Any]) -> Callable[..., None]:
        @functools.wraps(function)  # by its name alembic tells what is running
        def leg(*args: Any, **kwargs: Any) -> None:
            session, listener = self._session, self._listener
            raw_rows(self._connection, "SAVEPOINT opsmig_leg")
            session.trace.failed_statement = ""
            listener.restart()
            session.trace.recording = True
            self._began = time.perf_counter()
            try:
                function(*args, **kwargs)
                listener.look()
                arming.settle(self._connection)
            except Exception as error:
                if session.cancellation.was_cancelled:  # by the time limit, or by somebody
                    raise Cancelled().with_traceback(error.__traceback__) from error
                self._failed(error)
            else:
                self._end("ok")

        return leg

    def _failed(self, error: Exception) -> None:
        """Take back the leg; where even that cannot be done, all is over (Stopped)."""
        outcome, failed = judged(self._session, error)
        self._end(outcome, failed)
        with contextlib.suppress(Exception):
            raw_rows(self._connection, "ROLLBACK TO SAVEPOINT opsmig_leg")
            return
        raise Stopped(failed.message, outcome)

    def _end(self, outcome: str, failed: Any = None) -> None:
        self._listener.listening = False
        self._session.trace.recording = False
        end = time.perf_counter()
        elapsed = (end - self._began) * 1000
        statements = tuple(one.told_at(end) for one in self._listener.statements)
        self.legs.append(
            dataclasses.replace(
                self._leg, outcome=outcome, elapsed_ms=elapsed, statements=statements, failed=failed
            )
        )
        if outcome == "ok":
            self._session.send(StepEnd(self._number, self._total, self._leg.revision, elapsed))

    def _snapshot(self) -> tuple[SchemaObject, ...]:
        context = self._context
        return take_snapshot(
            self._connection, context.version_table, context.version_table_schema, planned=True
        )

    def compare(
        self, revision: Any, direction: str, snapshots: list[tuple[SchemaObject, ...]]
    ) -> None:
        """Upgrading first: before against back again. Downgrading first: after the downgrade
        against after the second one; and what was found against what upgrade() brought back."""
        name, path = revision.revision, str(revision.path)
        if direction == "upgrade" and len(snapshots) > 2:
            self.round_trips.append(RoundTrip(name, path, difference(snapshots[0], snapshots[2])))
        elif direction == "downgrade" and len(snapshots) > 2:
            residue = difference(snapshots[1], snapshots[3]) if len(snapshots) > 3 else None
            restored = difference(snapshots[0], snapshots[2])
            self.round_trips.append(RoundTrip(name, path, residue or SchemaDelta(), restored))


def judged(session: Session, error: BaseException) -> tuple[str, Failed]:
    """(outcome, what is told) of an exception that a leg ended with."""
    root, folders = os.path.realpath(session.settings.root), session.scripts.directories()
    failed = describe(error, root, folders, statement=session.trace.failed_statement)
    if failed.file is None:
        file, line = their_frame(error.__traceback__, root, folders)
        failed = dataclasses.replace(failed, file=file, line=line)
    if isinstance(error, Stopped):
        return error.outcome, dataclasses.replace(failed, kind="refused", message=str(error))
    if failed.sqlstate in _REFUSALS:
        why = _REFUSALS[failed.sqlstate]
        return "refused", dataclasses.replace(failed, kind="refused", message=why)
    if isinstance(error, WorkerError):
        return ("refused" if failed.kind == "refused" else "failed"), failed
    if failed.sqlstate == LOCK_NOT_AVAILABLE:
        return "stopped", failed
    return "failed", failed


def make_step(context: Any, revision: Any, direction: str) -> Any:
    """alembic's own step of one revision."""
    revisions: Any = context.script.revision_map
    if direction == "upgrade":
        return MigrationStep.upgrade_from_script(revisions, revision)
    return MigrationStep.downgrade_from_script(revisions, revision)


def _nothing(context: Any, revision: Any, direction: str) -> Any:
    step = make_step(context, revision, direction)
    step.migration_fn = lambda *args, **kwargs: None
    return step


def _no_autocommit() -> Any:
    raise refused(AUTOCOMMIT)

"""Stamping: what the version table would say, and making it say so. No migration runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from . import protocol
from .config import command_line
from .environment import run_environment
from .errors import WorkerError, failure
from .guard import Guard, check_database, check_position
from .run import positions
from .session import Session
from .status import database_status, is_known, read_databases


def plan_stamp(session: Session, request: protocol.PlanStamp) -> protocol.StampPlan:
    """Where each database would stand, by alembic's own answer. Nothing is changed."""
    databases: list[protocol.DatabaseStatus] = []
    after: list[tuple[str, ...]] = []
    skipped: dict[str, None] = {}
    dropped: dict[str, None] = {}
    lost: dict[str, None] = {}

    def fn(heads: tuple[str, ...], context: MigrationContext) -> None:
        script = _script(context)
        databases.append(database_status(context, heads))
        kept, steps = _steps(script, request.targets, request.purge, heads)
        after.append(_after(kept, steps))
        # What lies below a revision that no file has, nobody can say.
        known = tuple(one for one in heads if is_known(script, one))
        lost.update(dict.fromkeys(one for one in heads if one not in known))
        was = _below(script, known)
        will = _below(script, after[-1])
        skipped.update(dict.fromkeys(_in_order(script, will - was)))
        dropped.update(dict.fromkeys(_in_order(script, was - will)))

    run_environment(session, fn, "stamp", _options(request))
    # alembic itself gets past a row that no file has only by emptying the table.
    words = ["--purge"] if request.purge or lost else []
    named = after[0] or ("base",) if lost else request.targets
    return protocol.StampPlan(
        targets=request.targets,
        purge=request.purge,
        databases=tuple(databases),
        after=tuple(after),
        skipped=tuple(skipped),
        dropped=tuple(dropped),
        lost=tuple(lost),
        command=command_line(session.settings, session.redactor, "stamp", *words, *named),
    )


def stamp(session: Session, request: protocol.Stamp) -> protocol.StampResult:
    """Write what was confirmed, or nothing. Raises WorkerError with where the database stands."""
    if not session.settings.runner:
        raise WorkerError(protocol.Failed("protocol", "A reader does not stamp."))
    guard = Guard(session)
    try:
        _perform(session, request, guard)
        session.cancellation.end()
        current = guard.position()
    except BaseException as error:
        session.cancellation.end()
        session.trace.end()
        failed = failure(session, error)
        raise WorkerError(dataclasses.replace(failed, current=_read_back(session))) from None
    finally:
        guard.release()
    session.trace.end()
    if current is None:
        current = positions(read_databases(session)[0])
    return protocol.StampResult(current, session.elapsed_ms())


def _perform(session: Session, request: protocol.Stamp, guard: Guard) -> None:
    count = 0

    def fn(heads: tuple[str, ...], context: MigrationContext) -> Iterator[Any]:
        nonlocal count
        script = _script(context)
        check_database(session, context, heads, request.expected, count)
        guard.take(context)
        # another run may have ended between the first look and the lock
        check_position(context.get_current_heads(), request.expected[count])
        kept, steps = _steps(script, request.targets, request.purge, heads)
        _check_after(request, count, _after(kept, steps))
        count += 1
        session.trace.recording = True
        _make_table(context, [one for one in heads if one not in kept])
        yield from steps

    run_environment(session, fn, "stamp", _options(request))


def _steps(
    script: ScriptDirectory, targets: tuple[str, ...], purge: bool, heads: tuple[str, ...]
) -> tuple[tuple[str, ...], list[Any]]:
    """(rows that stay as they are or move, alembic's steps from those). Raises CommandError.

    A row of which no file is known cannot move: alembic refuses, here it goes.
    """
    kept = tuple(one for one in heads if is_known(script, one))
    if purge:
        wanted = {one.revision for one in script.get_revisions(targets) if one is not None}
        kept = tuple(one for one in kept if one in wanted)
    return kept, list(script._stamp_revs(targets, kept))


def _after(kept: tuple[str, ...], steps: list[Any]) -> tuple[str, ...]:
    rows = dict.fromkeys(kept)
    for step in steps:
        for gone in step.from_:
            rows.pop(gone, None)
        rows.update(dict.fromkeys(one for one in step.to_ if one))
    return tuple(sorted(rows))


def _make_table(context: MigrationContext, gone: list[str]) -> None:
    """The version table, which dont_mutate kept alembic from making, without the rows that go."""
    table = context._version
    with context.begin_transaction(_per_migration=True):
        context._ensure_version_table()
        if gone and context.connection is not None:
            context.connection.execute(table.delete().where(table.c.version_num.in_(gone)))


def _check_after(request: protocol.Stamp, index: int, after: tuple[str, ...]) -> None:
    wanted = request.after[index] if index < len(request.after) else None
    if wanted != after:
        was, now = ", ".join(wanted or ()) or "base", ", ".join(after) or "base"
        text = f"The plan changed: it led to {was}, now to {now}. Nothing was changed."
        raise WorkerError(protocol.Failed("identity", text))


def _below(script: ScriptDirectory, heads: tuple[str, ...]) -> frozenset[str]:
    """The revisions that count as applied where these are the rows."""
    seen: set[str] = set()
    todo = list(heads)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        revision: Any = script.get_revision(name)
        todo += revision._all_down_revisions
    return frozenset(seen)


def _in_order(script: ScriptDirectory, names: frozenset[str]) -> list[str]:
    """Oldest first."""
    return [one.revision for one in script.walk_revisions() if one.revision in names][::-1]


def _options(request: Any) -> dict[str, Any]:
    """What alembic's command line would have parsed for a stamp."""
    return {
        "revisions": list(request.targets),
        "sql": False,
        "tag": None,
        "purge": request.purge,
    }


def _script(context: MigrationContext) -> ScriptDirectory:
    if context.script is None:
        raise WorkerError(
            protocol.Failed("project", "env.py configured a context without a script directory.")
        )
    return context.script


def _read_back(session: Session) -> Optional[tuple[str, ...]]:
    try:
        return positions(read_databases(session)[0])
    except BaseException:  # the failure itself is what matters; "not known" is said by None
        return None

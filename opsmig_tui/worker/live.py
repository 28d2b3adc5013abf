"""Questions about live data: answered in a read-only session, and each within its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alembic.runtime.migration import MigrationContext

from . import protocol
from .asking import Refused, asking
from .counting import duplicates, longest, matching, rows
from .dependents import dependents
from .elsewhere import answer_elsewhere
from .enumuse import enum_used
from .environment import problem_of, run_environment
from .protocol import LiveResult, Probe, ProbeAnswer
from .relations import Absent, Relations
from .session import Session
from .status import OPTIONS

_KINDS: dict[str, Callable[[Relations, Probe, int], ProbeAnswer]] = {
    "rows": rows,
    "values": matching,
    "nulls": matching,
    "unfit": matching,
    "orphans": matching,
    "misfits": matching,
    "duplicates": duplicates,
    "longest": longest,
    "enum_used": enum_used,
    "dependents": dependents,
}


def live(session: Session, request: protocol.AskLive) -> LiveResult:
    """Answers of the first database that env.py configures; what failed says so in its answer."""
    result: list[LiveResult] = []

    def fn(heads: tuple[str, ...], context: MigrationContext) -> None:
        connection: Any = context.connection
        if result or connection is None:
            return
        check = session.cancellation.check
        with asking(connection, request.timeout_ms, request.total_ms, check) as database:
            relations = Relations(database)
            one = _answer if database.is_postgresql else answer_elsewhere
            answers = [one(relations, probe, request.sample_above) for probe in request.probes]
        name = str(connection.engine.url.database or "")
        if database.is_postgresql:
            name = connection.exec_driver_sql("SELECT current_database()::text").scalar()
        result.append(LiveResult(tuple(answers), name))

    try:
        run_environment(session, fn, "current", OPTIONS)
    except Exception as error:
        return LiveResult((), problem=problem_of(session, error))
    return result[0] if result else LiveResult((), problem="env.py makes no connection")


def _answer(relations: Relations, probe: Probe, sample_above: int) -> ProbeAnswer:
    kind = _KINDS.get(probe.kind)
    if kind is None:
        return ProbeAnswer(probe, problem=f"this worker knows no question {probe.kind!r}")
    try:
        return kind(relations, probe, sample_above)
    except Absent:
        return ProbeAnswer(probe, absent=True)
    except Refused as refused:
        return ProbeAnswer(probe, problem=str(refused))

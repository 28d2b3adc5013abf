"""Some of the rows behind a question, to be looked at: read-only, shortened, never logged."""

from __future__ import annotations

from typing import Any, Optional

from alembic.runtime.migration import MigrationContext

from . import protocol
from .asking import Refused, asking
from .counting import condition, repeated
from .enumuse import columns_of, holds
from .environment import problem_of, run_environment
from .protocol import PeekResult, Probe
from .relations import Absent, Relation, Relations
from .session import Session
from .status import OPTIONS

CELL = 80
"""Characters of a value that are shown."""
MOST_COLUMNS = 8
_KINDS = ("rows", "values", "nulls", "unfit", "orphans", "misfits", "duplicates", "enum_used")


def peek(session: Session, request: protocol.Peek) -> PeekResult:
    """Rows of the first database that env.py configures, of PostgreSQL alone."""
    result: list[PeekResult] = []

    def fn(heads: tuple[str, ...], context: MigrationContext) -> None:
        connection: Any = context.connection
        if result or connection is None:
            return
        check = session.cancellation.check
        with asking(connection, request.timeout_ms, 2 * request.timeout_ms, check) as database:
            if database.is_postgresql:
                result.append(_peek(Relations(database), request.probe, request.limit))
            else:
                result.append(_problem(f"rows are not shown of {database.dialect.name}"))

    try:
        run_environment(session, fn, "current", OPTIONS)
    except Exception as error:
        return _problem(problem_of(session, error))
    return result[0] if result else _problem("env.py makes no connection")


def _problem(text: str) -> PeekResult:
    return PeekResult((), (), problem=text)


def _peek(relations: Relations, probe: Probe, limit: int) -> PeekResult:
    if probe.kind not in _KINDS:
        return _problem("there are no rows behind this")
    try:
        if probe.kind == "enum_used":
            return _enum(relations, probe, limit)
        relation = relations.need(probe.schema, probe.table, probe.columns)
        names = _shown(relation, probe)
        where = _where(relations, relation, probe, limit)
        rows = relations.database.rows(
            f"SELECT {_cells(relations, names)} FROM {relation.sql} AS t WHERE {where}"
            f" LIMIT {limit + 1}"
        )
    except Absent:
        return _problem("it is not in this database")
    except Refused as refused:
        return _problem(str(refused))
    return _result(names, rows, limit)


def _shown(relation: Relation, probe: Probe) -> tuple[str, ...]:
    """What identifies a row, then the columns in question, then others."""
    key = relation.key or (("ctid",) if relation.kind in ("r", "p", "m") else ())
    names = dict.fromkeys((*key, *probe.columns, *relation.columns))
    return tuple(names)[: max(MOST_COLUMNS, len(key) + len(probe.columns))]


def _where(relations: Relations, relation: Relation, probe: Probe, limit: int) -> str:
    if probe.kind != "duplicates":
        return f"({condition(relations, probe)})"
    database = relations.database
    named = ", ".join(database.name("t", column) for column in probe.columns)
    theirs = ", ".join(database.name("g", column) for column in probe.columns)
    groups = repeated(database, relation.sql, probe)
    return f"({named}) IN (SELECT {theirs} FROM ({groups} LIMIT {limit}) AS g) ORDER BY {named}"


def _cells(relations: Relations, names: tuple[str, ...]) -> str:
    name = relations.database.name
    return ", ".join(f"left({name('t', column)}::text, {CELL + 1})" for column in names)


def _enum(relations: Relations, probe: Probe, limit: int) -> PeekResult:
    """One line a row: the table and column that hold the value, and what identifies the row."""
    database = relations.database
    found: list[Any] = []
    for schema, table, column, is_array in columns_of(database, probe):
        relation = relations.need(schema, table)
        row = f"left(({_cells(relations, relation.key or ('ctid',))})::text, {CELL + 1})"
        place = f"{database.text(f'{schema}.{table}')}, {database.text(column)}"
        found += database.rows(
            f"SELECT {place}, {row} FROM {relation.sql} AS t "
            f"WHERE {holds(database, column, is_array, probe.value)} LIMIT {limit + 1 - len(found)}"
        )
        if len(found) > limit:
            break
    return _result(("table", "column", "row"), found, limit)


def _result(names: tuple[str, ...], rows: list[Any], limit: int) -> PeekResult:
    cells = tuple(tuple(_cell(value) for value in row) for row in rows[:limit])
    return PeekResult(names, cells, more=len(rows) > limit)


def _cell(value: Optional[str]) -> Optional[str]:
    """Nothing that a terminal would obey, and no more than is shown."""
    if value is None:
        return None
    plain = "".join(letter if letter.isprintable() else "·" for letter in value)
    return plain if len(plain) <= CELL else plain[: CELL - 1] + "…"

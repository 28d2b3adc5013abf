"""Questions about live data of other databases: plain counts of tables that are not large."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from .asking import Database, Refused
from .patience import NO_DATABASE, code_of, words
from .protocol import Probe, ProbeAnswer
from .relations import Absent, Relations

_KINDS = ("rows", "values", "nulls", "duplicates", "orphans")
_DIALECTS = ("sqlite", "mysql", "mariadb")
"""Those that have LIMIT, so that no count goes on for long."""


def answer_elsewhere(relations: Relations, probe: Probe, sample_above: int) -> ProbeAnswer:
    """Like on PostgreSQL, but no server-side time limit can be trusted: a table of more than
    `sample_above` rows is only counted up to there."""
    try:
        return _answer(relations.database, probe, sample_above)
    except Absent:
        return ProbeAnswer(probe, absent=True)
    except Refused as refused:
        return ProbeAnswer(probe, problem=str(refused))
    except SQLAlchemyError as error:
        code = code_of(getattr(error, "orig", None))
        if code == NO_DATABASE:
            return ProbeAnswer(probe, absent=True)
        why = type(error).__name__ if code is None else words(code, relations.database.timeout_ms)
        return ProbeAnswer(probe, problem=why)


def _answer(database: Database, probe: Probe, sample_above: int) -> ProbeAnswer:
    if probe.kind not in _KINDS or database.dialect.name not in _DIALECTS:
        raise Refused(f"not asked of {database.dialect.name}")
    _need(database, probe.schema, probe.table, probe.columns)
    table = database.name(probe.schema, probe.table)
    total = _count(database, f"SELECT 1 AS one FROM {table} LIMIT {sample_above + 1}")
    if probe.kind == "rows" or total > sample_above:
        if probe.kind != "rows":
            raise Refused(f"the table has more than {sample_above:,} rows")
        return ProbeAnswer(probe, min(total, sample_above), at_least=total > sample_above)
    columns = [f"t.{database.name(column)}" for column in probe.columns]
    if probe.kind == "duplicates":
        return ProbeAnswer(probe, _duplicates(database, table, columns))
    where = " OR ".join(f"{column} IS NULL" for column in columns)
    if probe.kind == "values":
        where = " OR ".join(f"{column} IS NOT NULL" for column in columns)
    elif probe.kind == "orphans":
        where = _orphans(database, probe, columns)
    return ProbeAnswer(probe, _count(database, f"SELECT 1 AS one FROM {table} t WHERE {where}"))


def _need(
    database: Database, schema: Optional[str], table: str, columns: Iterable[str]
) -> tuple[str, ...]:
    """The primary key's columns. Raises Absent."""
    inspector = inspect(database.connection)
    if table not in inspector.get_table_names(schema=schema):
        raise Absent
    if not {*columns} <= {column["name"] for column in inspector.get_columns(table, schema)}:
        raise Absent
    return tuple(inspector.get_pk_constraint(table, schema)["constrained_columns"])


def _count(database: Database, rows: str) -> int:
    ((number,),) = database.rows(f"SELECT count(*) FROM ({rows}) AS counted")
    return int(number)


def _duplicates(database: Database, table: str, columns: list[str]) -> int:
    named = ", ".join(columns)
    some = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    ((number,),) = database.rows(
        f"SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM {table} t WHERE {some} "
        f"GROUP BY {named} HAVING count(*) > 1) AS repeated"
    )
    return int(number)


def _orphans(database: Database, probe: Probe, columns: list[str]) -> str:
    if probe.referent is None:
        raise Absent
    key = _need(database, probe.referent_schema, probe.referent, probe.referent_columns)
    theirs = probe.referent_columns or key
    if len(theirs) != len(columns):
        raise Absent
    pairs = [f"r.{database.name(their)} = {own}" for their, own in zip(theirs, columns)]
    some = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    other = database.name(probe.referent_schema, probe.referent)
    return f"{some} AND NOT EXISTS (SELECT 1 FROM {other} r WHERE {' AND '.join(pairs)})"

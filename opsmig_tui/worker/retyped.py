"""How many values a column keeps when a statement changes its type: before against after.

The values stay at the server, as text in a table of the session. A rewrite keeps the order of the
rows as a plain scan meets them (measured with PostgreSQL 12 to 16; `prepare` turns scans that
begin in the middle off), so a row is known by its place, with a key or without.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Optional

from .asking import raw_rows
from .errors import database_details
from .protocol import Retyped

EXACT_ROWS = 50_000
"""Up to so many rows each one is compared: some 0.1 s."""
SAMPLE_ROWS = 20_000
"""Of larger tables every n-th row, so that about as many are."""
TIMEOUT_MS = 1_000
"""For each reading: others wait meanwhile."""
_CREATE = "CREATE TEMPORARY TABLE opsmig_values (attnum int, n bigint, value text)"
ALONE = "the statement did not run inside a transaction"

_NAME = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_TABLE = re.compile(
    r"(?is)(?:\s|--[^\n]*\n|/\*.*?\*/)*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?"
    rf"({_NAME}(?:\s*\.\s*{_NAME})?)"
)
_COLUMN = re.compile(rf"(?is)\bALTER\s+(?:COLUMN\s+)?({_NAME})\s+(?:SET\s+DATA\s+)?TYPE\b")
# A scan of the whole table in one process is all that is left.
_SETTINGS = {
    "statement_timeout": str(TIMEOUT_MS),
    "max_parallel_workers_per_gather": "0",
    "enable_indexscan": "off",
    "enable_indexonlyscan": "off",
    "enable_bitmapscan": "off",
}
_LOOK = """
SELECT c.oid::bigint, quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attnum::int,
  quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), a.atttypid || '/' || a.atttypmod,
  quote_ident(s.nspname) || '.' || quote_ident(t.typname), t.typcategory::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_namespace s ON s.oid = t.typnamespace
WHERE c.relkind IN ('r', 'p') AND c.oid = {table} AND a.{column} ORDER BY a.attnum
"""


@dataclass(frozen=True)
class _Column:
    """`type` as people write it, `base` as a cast takes it without a length, `same` to compare."""

    number: int
    sql: str
    type: str
    same: str
    base: str
    category: str


@dataclass(frozen=True)
class Kept:
    """The table as it was before the statement; its values are in the session's table."""

    oid: int
    table: str
    columns: tuple[_Column, ...]
    rows: int
    step: int
    problem: str = ""


def changes_type(sql: str) -> bool:
    """Whether it looks like an ALTER TABLE … TYPE."""
    return bool(_TABLE.match(sql) and _COLUMN.search(sql))


def keep(connection: Any, sql: str, most_rows: int) -> Optional[Kept]:
    """Before a statement that `changes_type`: the values of its columns, where there are any."""
    wanted, column = _wanted(sql)
    try:
        with _bounded(connection):
            oid, name, columns = _columns(connection, wanted, column)
            if not columns:
                return None
            [(rows,)] = _rows(connection, f"SELECT count(*) FROM {name}")
            if not rows or rows > most_rows:  # too many: the rehearsal ends here anyway
                return None
            step = 1 if rows <= EXACT_ROWS else -(-rows // SAMPLE_ROWS)
            several = ";" in sql.strip().rstrip(";")
            kept = Kept(oid, name, columns, rows, step, "more than one statement" * several)
            if not several:
                _store(connection, kept)
            return kept
    except Exception as error:  # a timeout, a privilege: the statement itself goes its way
        with contextlib.suppress(Exception):
            oid, name, columns = _columns(connection, wanted, column)
            return Kept(oid, name, columns, 0, 1, _why(error))
        return None


def keep_alone(connection: Any, sql: str) -> Optional[Kept]:
    """As `keep`, for a statement that is committed at once: nothing is read but whether there are
    rows, since without a transaction the values could not be told from those of others."""
    with contextlib.suppress(Exception):  # the statement itself goes its way
        oid, name, columns = _columns(connection, *_wanted(sql))
        if columns and _rows(connection, f"SELECT 1 FROM {name} LIMIT 1"):
            return Kept(oid, name, columns, 0, 1, ALONE)
    return None


def prepare(connection: Any) -> None:
    """Before `keep`: the table for the values, and what it relies on, for this transaction."""
    with _bounded(connection):
        if _rows(connection, "SELECT to_regclass('pg_temp.opsmig_values')")[0][0] is None:
            _rows(connection, _CREATE)
    _rows(connection, "SET LOCAL synchronize_seqscans = off")


def _wanted(sql: str) -> tuple[str, str]:
    """Of a statement that `changes_type`: its table's and its columns' conditions."""
    table = _TABLE.match(sql)
    assert table is not None
    names = sorted({_plain(name) for name in _COLUMN.findall(sql)})
    column = f"attname IN ({', '.join(map(_literal, names))})"
    return f"to_regclass({_literal(table[1])})::oid", column


def _store(connection: Any, kept: Kept) -> None:
    pairs = ", ".join(f"({one.number}, s.c{one.number}::text)" for one in kept.columns)
    named = ", ".join(f"{one.sql} AS c{one.number}" for one in kept.columns)
    _rows(connection, "DELETE FROM pg_temp.opsmig_values")
    _rows(
        connection,
        f"INSERT INTO pg_temp.opsmig_values SELECT v.attnum, s.n, v.value "
        f"FROM (SELECT row_number() OVER () AS n, {named} FROM {kept.table}) s, "
        f"LATERAL (VALUES {pairs}) v (attnum, value) "
        f"WHERE mod(s.n, {kept.step}) = 0 AND v.value IS NOT NULL",
    )


def compared(connection: Any, kept: Kept) -> list[Retyped]:
    """After the statement: each column that has another type now."""
    found = []
    try:
        numbers = ", ".join(str(one.number) for one in kept.columns)
        _, table, columns = _columns(connection, str(kept.oid), f"attnum IN ({numbers})")
    except Exception:  # a migration went on in a transaction that has failed
        return []
    before = {one.number: one for one in kept.columns}
    for now in columns:
        old = before[now.number]
        if now.same != old.same:
            told = Retyped(table, now.sql, old.type, now.type, sampled=kept.step > 1)
            found.append(_compared(connection, kept, told, table, old, now))
    return found


def _compared(
    connection: Any, kept: Kept, told: Retyped, table: str, old: _Column, now: _Column
) -> Retyped:
    def with_(values: Optional[int], changed: Optional[int], problem: str = "") -> Retyped:
        return Retyped(
            told.relation, told.column, told.before, told.after, values, changed,
            told.sampled, problem,
        )  # fmt: skip

    problem = kept.problem
    for condition in () if problem else _conditions(old, now):
        try:
            with _bounded(connection):
                [(rows, values, changed)] = _rows(
                    connection,
                    f"SELECT (SELECT count(*) FROM {table}), count(*), "
                    f"count(*) FILTER (WHERE {condition}) FROM pg_temp.opsmig_values k "
                    f"JOIN (SELECT row_number() OVER () AS n, {now.sql} AS v FROM {table}) s "
                    f"ON s.n = k.n WHERE k.attnum = {now.number}",
                )
        except Exception as error:  # no such cast, or not for each value: the next one
            problem = _why(error)
            if problem != _NO_CAST:
                break
            continue
        return with_(values, changed) if rows == kept.rows else with_(None, None, "rows went")
    return with_(None, None, problem)


def _conditions(old: _Column, now: _Column) -> Iterator[str]:
    """True of a value `k.value` (text) that `v` no longer tells. Casts that there may not be, the
    most telling first."""
    if old.category == now.category == "N":
        yield f"s.v::{old.base} IS DISTINCT FROM k.value::{old.base}"
    elif old.base.replace('"', "") == "pg_catalog.json":  # blanks are no information
        yield "s.v::text::jsonb IS DISTINCT FROM k.value::jsonb"
    elif old.category == "S" and now.category == "N":  # read as the new type, it means the same
        yield f"s.v IS DISTINCT FROM k.value::{now.base}"
    elif old.category == "S" and now.category not in "SE":
        yield f"s.v::text IS DISTINCT FROM (k.value::{now.base})::text"
    else:
        yield f"(s.v::{old.base})::text IS DISTINCT FROM k.value"
        yield f"(s.v::text::{old.base})::text IS DISTINCT FROM k.value"
    yield "s.v::text IS DISTINCT FROM k.value"


_NO_CAST = "its values cannot be compared"


def _why(error: Exception) -> str:
    state = database_details(error).get("sqlstate", "")
    return f"no answer within {TIMEOUT_MS:,} ms" if state == "57014" else _NO_CAST


@contextlib.contextmanager
def _bounded(connection: Any) -> Iterator[None]:
    """A savepoint, and settings that are gone afterwards. Raises what the driver raises."""
    _rows(connection, "SAVEPOINT opsmig_values")
    try:
        asked = ", ".join(f"current_setting('{name}')" for name in _SETTINGS)
        [before] = _rows(connection, f"SELECT {asked}")
        _set(connection, _SETTINGS)
        yield
        _set(connection, dict(zip(_SETTINGS, before)))
    except Exception:
        _rows(connection, "ROLLBACK TO SAVEPOINT opsmig_values")
        raise
    finally:
        with contextlib.suppress(Exception):
            _rows(connection, "RELEASE SAVEPOINT opsmig_values")


def _set(connection: Any, settings: dict[str, str]) -> None:
    calls = (f"set_config('{name}', {_literal(value)}, true)" for name, value in settings.items())
    _rows(connection, f"SELECT {', '.join(calls)}")


def _columns(connection: Any, table: str, column: str) -> tuple[int, str, tuple[_Column, ...]]:
    rows = _rows(connection, _LOOK.format(table=table, column=column))
    oid, name = rows[0][:2] if rows else (0, "")
    return oid, name, tuple(_Column(*row[2:]) for row in rows)


def _rows(connection: Any, sql: str) -> list[Any]:
    doubled = getattr(connection.dialect.identifier_preparer, "_double_percents", False)
    return raw_rows(connection, sql.replace("%", "%%") if doubled else sql)


def _literal(text: str) -> str:
    doubled = text.replace("'", "''").replace("\\", "\\\\")
    return f"E'{doubled}'" if "\\" in text else f"'{doubled}'"


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()

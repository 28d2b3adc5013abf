"""Statements that change neither columns, constraints nor rows, but lock or take long: LOCK,
CLUSTER, VACUUM, REINDEX, REFRESH; and SET, which may bound how long they wait."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from opsmig_tui.review.operations import Operation
from opsmig_tui.review.sql_alter import op
from opsmig_tui.review.sql_cursor import Cursor

_SET_CONFIG = re.compile(
    r"\s*select\s+(?:pg_catalog\s*\.\s*)?set_config\s*\(\s*'([\w.]+)'\s*,\s*'([^']*)'\s*,\s*(\w+)",
    re.I,
)
# Functions that leave tables, columns and rows alone: a SELECT of theirs is a question, or a lock
# that the application alone knows.
_HARMLESS_CALL = re.compile(
    r"\s*select\s+(?:pg_catalog\s*\.\s*)?(?:set_config|setval|nextval|currval|count|min|max|sum|avg"
    r"|coalesce|exists|now|version|current_setting|to_regclass|pg_notify|pg_get_serial_sequence"
    r"|array_agg|string_agg|bool_or|bool_and|pg_sleep|pg_try_advisory_\w*lock|pg_advisory_\w*lock"
    r"|pg_advisory_unlock\w*)\s*\(",
    re.I,
)
_CALL = re.compile(r"\s*select\s+[\w.\"]+\s*\(", re.I)


def select(sql: str) -> Operation:
    """A SELECT: undecided where it calls a function that may do anything."""
    setting = _SET_CONFIG.match(sql)
    if setting is not None:
        name, value, local = setting.groups()
        options = frozenset({"local"} if local.lower() in ("true", "t", "on") else ())
        return op("sql", object_type="set", name=name.lower(), values=(value,), options=options)
    if _CALL.match(sql) and not _HARMLESS_CALL.match(sql):
        return op("undecided")
    return op("sql", object_type="select")


def _lock(cursor: Cursor) -> Iterator[Operation]:
    cursor.take("table")
    mode = "access exclusive"
    named = cursor.split()
    last = named[-1] if named else cursor
    for at in range(last.at, len(last.tokens)):
        if last.tokens[at].kind == "word" and last.tokens[at].text == "in":
            words = [token.text for token in last.tokens[at + 1 :]]
            mode = " ".join(words[: words.index("mode")]) if "mode" in words else mode
            break
    for item in named:
        item.take("only")
        schema, table = item.name()
        yield op("sql", object_type="lock", table=table, schema=schema, values=(mode,))


def _cluster(cursor: Cursor) -> Iterator[Operation]:
    cursor.group()
    cursor.take("verbose")
    schema, table = cursor.name()
    if cursor.take("on"):  # CLUSTER index ON table, as before 8.3
        schema, table = cursor.name()
    yield op("sql", object_type="cluster", table=table, schema=schema)


def _vacuum(cursor: Cursor) -> Iterator[Operation]:
    full = False
    inner = cursor.group()
    if inner is not None:
        full = any(
            item.word() == "full" and item.word(1) not in ("false", "off") for item in inner.split()
        )
    while word := cursor.any_of("full", "freeze", "verbose", "analyze"):
        full = full or word == "full"
    for item in cursor.split() or [cursor]:
        schema, table = item.name()
        kind = "vacuum full" if full else "vacuum"
        yield op("sql", object_type=kind, table=table, schema=schema)


def _reindex(cursor: Cursor) -> Iterator[Operation]:
    inner = cursor.group()
    concurrently = inner is not None and inner.has("concurrently")
    what = cursor.any_of("index", "table", "schema", "database", "system")
    concurrently = cursor.take("concurrently") or concurrently
    schema, name = cursor.name()
    yield op(
        "sql",
        object_type="reindex",
        table=name if what == "table" else None,
        name=None if what == "table" else name,
        schema=schema,
        values=(what,),
        concurrently=concurrently,
    )


def _refresh(cursor: Cursor) -> Iterator[Operation]:
    cursor.take("materialized", "view")
    concurrently = cursor.take("concurrently")
    schema, table = cursor.name()
    yield op("sql", object_type="refresh", table=table, schema=schema, concurrently=concurrently)


def _set(cursor: Cursor) -> Iterator[Operation]:
    scope = cursor.any_of("local", "session")
    if cursor.take("constraints"):
        yield op("sql", object_type="set constraints", values=(cursor.rest().lower(),))
        return
    schema, name = cursor.name()
    cursor.any_of("to")
    cursor.mark("=")
    value = cursor.string() if cursor.token and cursor.token.kind == "string" else cursor.rest()
    yield op(
        "sql",
        object_type="set",
        name=f"{schema}.{name}" if schema else name,
        values=None if value is None else (value,),
        options=frozenset({scope} if scope else ()),
    )


def _reset(cursor: Cursor) -> Iterator[Operation]:
    yield op("sql", object_type="reset", name=cursor.name()[1])


READERS: dict[str, Callable[[Cursor], Iterator[Operation]]] = {
    "lock": _lock,
    "cluster": _cluster,
    "vacuum": _vacuum,
    "reindex": _reindex,
    "refresh": _refresh,
    "set": _set,
    "reset": _reset,
}

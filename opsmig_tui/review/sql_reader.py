"""Raw SQL into operations: a small, tolerant reader of the statements migrations are made of.

What it does not know becomes kind "undecided" (it may do anything) or "sql" (known to leave tables,
columns and rows alone). It is no validator: nonsense is read as far as it makes sense.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from opsmig_tui.review.operations import Constraint, Context, Kind, Operation, Span
from opsmig_tui.review.sql_alter import alter_index, alter_table, alter_type, op
from opsmig_tui.review.sql_columns import is_constraint, read_column, read_constraint
from opsmig_tui.review.sql_commands import READERS, select
from opsmig_tui.review.sql_cursor import Cursor
from opsmig_tui.review.sql_tokens import statements
from opsmig_tui.review.values import HOLE

SpanAt = Callable[[int, int], Span]

_HARMLESS = frozenset(
    {
        *("show", "analyze", "comment", "grant", "revoke", "explain", "values", "checkpoint"),
        *("notify", "listen", "savepoint", "release", "discard", "security"),
    }
)
_OBJECT_WORDS = frozenset(
    {
        *("or", "replace", "global", "local", "temp", "temporary", "unlogged", "recursive"),
        *("constraint", "trusted", "procedural", "foreign"),
    }
)


def read_sql(sql: str, span_at: SpanAt, context: Context, first: int = 0) -> tuple[Operation, ...]:
    """The operations of a piece of SQL, numbered from `first`. `span_at` maps offsets to a place in
    the file."""
    found: list[Operation] = []
    for tokens in statements(sql):
        start, end = tokens[0].start, tokens[-1].end
        whole = span_at(start, end)
        text = " ".join(sql[start : min(end, start + 400)].replace(HOLE, "…").split())
        holed = HOLE in sql[start:end]
        for operation in _statement(Cursor(tokens, sql), text):
            complete = operation.complete and not (holed and not operation.is_data)
            part = operation.span
            span = span_at(part.column, part.end_column) if part.end_column else whole
            found.append(
                replace(
                    operation,
                    span=span,
                    context=context,
                    order=first + len(found),
                    text=text,
                    complete=complete,
                    is_sql=True,
                )
            )
    return tuple(found)


def _statement(cursor: Cursor, text: str) -> Iterator[Operation]:
    verb = cursor.word()
    reader = _READERS.get(verb)
    if reader is not None:
        cursor.at += 1
        yield from reader(cursor)
    elif verb in ("commit", "begin", "rollback", "start", "end"):
        yield op("commit", object_type=verb)
    elif verb in _HARMLESS:
        yield op("sql", object_type=verb)
    elif verb == "select":
        yield select(text)
    else:
        yield op("undecided")


def _create(cursor: Cursor) -> Iterator[Operation]:
    replaces = cursor.take("or", "replace")
    unique = cursor.take("unique")
    if cursor.take("index"):
        yield _create_index(cursor, unique)
        return
    if cursor.take("type"):
        yield _create_type(cursor)
        return
    temporary = False
    while word := cursor.any_of(*_OBJECT_WORDS):
        temporary = temporary or word in ("temp", "temporary")
    if cursor.take("table"):
        yield _create_table(cursor, temporary)
        return
    kind = cursor.part() or ""
    if kind == "materialized":
        kind = f"materialized {cursor.part()}"
    guard = cursor.take("if", "not", "exists")
    schema, name = cursor.name()
    table = None
    if kind in ("trigger", "policy", "rule"):
        while not cursor.done and not cursor.take("on"):
            cursor.at += 1
        schema, table = cursor.name()
    yield op(
        "create_object",
        object_type=kind,
        name=name,
        schema=schema,
        table=table,
        constraints=_of_domain(cursor) if kind == "domain" else (),
        guard=guard,
        replace=replaces,
    )


def _of_domain(cursor: Cursor) -> tuple[Constraint, ...]:
    checked = cursor.has("check") or cursor.has("not", "null")
    return (Constraint("check"),) if checked else ()


def _concurrently(cursor: Cursor) -> bool | None:
    """Step over CONCURRENTLY; None where a part made at run time ("{maybe}IF EXISTS") may be it."""
    if HOLE in cursor.word() and cursor.word(1) not in ("", "on"):
        cursor.at += 1
        return None
    return cursor.take("concurrently")


def _create_index(cursor: Cursor, unique: bool) -> Operation:
    concurrently = _concurrently(cursor)
    guard = cursor.take("if", "not", "exists") or cursor.take("not", "exists")
    name = None if cursor.word() == "on" else cursor.part()
    unnamed = name is None and cursor.word() == "on"
    cursor.take("on")
    only = cursor.take("only")
    schema, table = cursor.name()
    if cursor.take("using"):
        cursor.part()
    return op(
        "create_index",
        table=table,
        schema=schema,
        name=name,
        unnamed=unnamed,
        column_names=cursor.names(),
        unique=unique,
        concurrently=concurrently,
        guard=guard,
        only=only,
    )


def _create_type(cursor: Cursor) -> Operation:
    schema, name = cursor.name()
    if not cursor.take("as", "enum"):
        return op("create_object", object_type="type", name=name, schema=schema)
    inner = cursor.group()
    values = [item.string() for item in inner.split()] if inner else []
    known = tuple(value for value in values if value is not None)
    return op(
        "create_enum",
        name=name,
        schema=schema,
        values=known if len(known) == len(values) else None,
    )


def _create_table(cursor: Cursor, temporary: bool) -> Operation:
    guard = cursor.take("if", "not", "exists")
    schema, table = cursor.name()
    parent = cursor.name()[1] if cursor.take("partition", "of") else None
    inner = cursor.group()
    items = inner.split() if inner else []
    columns = tuple(read_column(item) for item in items if not is_constraint(item))
    constraints = tuple(read_constraint(item) for item in items if is_constraint(item))
    return op(
        "create_table",
        table=table,
        schema=schema,
        columns=columns,
        constraints=constraints,
        old_name=parent,
        guard=guard,
        object_type="temporary" if temporary else "",
    )


def _drop(cursor: Cursor) -> Iterator[Operation]:
    kind = cursor.part() or ""
    if kind == "materialized":
        kind = f"materialized {cursor.part()}"
    concurrently = _concurrently(cursor)
    guard = cursor.take("if", "exists") or cursor.take("exists")
    kinds: dict[str, Kind] = {"table": "drop_table", "index": "drop_index", "type": "drop_enum"}
    cascade = cursor.has("cascade")
    for item in cursor.split():
        schema, name = item.name()
        if kind == "table":
            yield op("drop_table", table=name, schema=schema, guard=guard, cascade=cascade)
            continue
        table = None
        if kind in ("trigger", "policy", "rule") and item.take("on"):
            schema, table = item.name()
        yield op(
            kinds.get(kind, "drop_object"),
            name=name,
            schema=schema,
            table=table,
            guard=guard,
            cascade=cascade,
            concurrently=concurrently,
            object_type=kind,
        )


def _truncate(cursor: Cursor) -> Iterator[Operation]:
    cursor.take("table")
    cascade = cursor.has("cascade")
    for item in cursor.split():
        item.take("only")
        schema, table = item.name()
        yield op("truncate", table=table, schema=schema, cascade=cascade)


def _update(cursor: Cursor) -> Iterator[Operation]:
    cursor.take("only")
    schema, table = cursor.name()
    where = cursor.has("where")
    while not cursor.done and not cursor.take("set"):
        cursor.at += 1
    columns: list[str] = []
    for item in cursor.split():
        tuple_names = item.names()
        name = None if tuple_names else item.part()
        columns += [*tuple_names, *([name] if name and item.mark("=") else [])]
    yield op("update", table=table, schema=schema, column_names=tuple(columns), where=where)


def _delete(cursor: Cursor) -> Iterator[Operation]:
    cursor.take("from")
    cursor.take("only")
    schema, table = cursor.name()
    yield op("delete", table=table, schema=schema, where=cursor.has("where"))


def _insert(cursor: Cursor) -> Iterator[Operation]:
    cursor.take("into")
    schema, table = cursor.name()
    source = None
    while not cursor.done and source is None:
        if cursor.take("from"):
            source = cursor.name()[1]
        else:
            cursor.at += 1
    yield op("insert", table=table, schema=schema, old_name=source)


def _with(cursor: Cursor) -> Iterator[Operation]:
    """A common table expression: what counts is the statement after it."""
    while not cursor.done:
        if cursor.word() in ("update", "delete", "insert", "select") and cursor.at > 1:
            verb = cursor.word()
            cursor.at += 1
            if verb == "select":
                changes = ("update", "delete", "insert")
                inside = any(t.kind == "word" and t.text in changes for t in cursor.tokens)
                yield op("data") if inside else op("sql", object_type="select")
            else:
                yield from _READERS[verb](cursor)
            return
        if cursor.group() is None:
            cursor.at += 1
    yield op("undecided")


def _alter(cursor: Cursor) -> Iterator[Operation]:
    if cursor.take("table"):
        yield from alter_table(cursor)
    elif cursor.take("index"):
        yield alter_index(cursor)
    elif cursor.take("type"):
        yield alter_type(cursor)
    else:
        yield op("sql", object_type=f"alter {cursor.word()}".strip())


def _copy(cursor: Cursor) -> Iterator[Operation]:
    schema, table = cursor.name()
    yield op("insert", table=table, schema=schema)


_READERS: dict[str, Callable[[Cursor], Iterator[Operation]]] = {
    "create": _create,
    "drop": _drop,
    "alter": _alter,
    "truncate": _truncate,
    "update": _update,
    "delete": _delete,
    "insert": _insert,
    "merge": _insert,
    "copy": _copy,
    "with": _with,
    **READERS,
}

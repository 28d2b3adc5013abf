"""ALTER TABLE, ALTER INDEX and ALTER TYPE into operations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from opsmig_tui.review.operations import Change, Constraint, Kind, Operation, Span
from opsmig_tui.review.sql_columns import is_constraint, read_column, read_constraint
from opsmig_tui.review.sql_cursor import Cursor
from opsmig_tui.review.types import sql_type


def op(kind: Kind, **fields: object) -> Operation:
    """An operation whose place in the file is still to come."""
    return Operation(kind, Span(0), **fields)  # type: ignore[arg-type]


def alter_table(cursor: Cursor) -> Iterator[Operation]:
    """One operation an action; "sql" for actions that concern neither columns nor constraints.

    The span of each is its place in the SQL (columns only): the reader finds the place in the file.
    """
    cursor.take("if", "exists")
    cursor.take("only")
    schema, table = cursor.name()
    cursor.mark("*")
    for action in cursor.split():
        place = Span(0, action.tokens[0].start, 0, action.tokens[-1].end)
        yield replace(_action(action), table=table, schema=schema, span=place)


def alter_index(cursor: Cursor) -> Operation:
    guard = cursor.take("if", "exists")
    schema, name = cursor.name()
    if cursor.take("rename", "to"):
        return op("rename_index", name=cursor.part(), old_name=name, schema=schema, guard=guard)
    return op("sql", object_type="alter index")


def alter_type(cursor: Cursor) -> Operation:
    schema, name = cursor.name()
    if cursor.take("add", "value"):
        guard = cursor.take("if", "not", "exists")
        value = cursor.string()
        values = None if value is None else (value,)
        return op("add_enum_value", name=name, schema=schema, values=values, guard=guard)
    if cursor.take("rename", "value"):
        old = cursor.string()
        cursor.take("to")
        value = cursor.string()
        values = None if value is None else (value,)
        return op("rename_enum_value", name=name, schema=schema, values=values, old_name=old)
    if cursor.take("rename", "to"):
        # The old type name goes, the new one comes: to the rules a type that exists from here on.
        return op("create_enum", name=cursor.part(), old_name=name, schema=schema, replace=True)
    return op("sql", object_type="alter type")


def _action(action: Cursor) -> Operation:
    if action.take("add"):
        return _add(action)
    if action.take("drop"):
        return _drop(action)
    if action.take("alter"):
        action.take("column")
        return _alter_column(action)
    if action.take("rename"):
        return _rename(action)
    if action.take("validate", "constraint"):
        return op("validate_constraint", name=action.part())
    return _other(action)


_OTHERS = (
    *(("attach", "partition"), ("detach", "partition"), ("set", "unlogged"), ("set", "logged")),
    *(("set", "tablespace"), ("set", "access", "method"), ("set", "schema"), ("owner", "to")),
    *(("enable", "trigger"), ("disable", "trigger"), ("enable", "row"), ("disable", "row")),
    *(("enable", "rule"), ("disable", "rule"), ("force", "row"), ("no", "force", "row")),
    *(("cluster", "on"), ("set", "without", "cluster"), ("no", "inherit"), ("inherit",)),
    *(("replica", "identity"), ("set",), ("reset",), ("of",), ("not", "of")),
    *(("enable", "replica"), ("enable", "always")),
)


def _other(action: Cursor) -> Operation:
    """What concerns neither columns nor constraints, by its first words: "attach partition"."""
    for words in _OTHERS:
        if action.take(*words):
            break
    else:
        return op("sql", object_type="alter table")
    kind = " ".join(words)
    if words[-1] != "partition":
        return op(
            "sql",
            object_type=f"{kind} parameters" if len(words) == 1 and kind.endswith("set") else kind,
        )
    name = action.name()[1]
    concurrently = kind == "detach partition" and action.has("concurrently")
    return op("sql", object_type=kind, name=name, concurrently=concurrently)


def _add(action: Cursor) -> Operation:
    if is_constraint(action):
        constraint = read_constraint(action)
        if constraint.kind == "not null" and constraint.valid:  # PostgreSQL 18's SET NOT NULL
            change = Change(nullable=False)
            names, name = constraint.columns, constraint.name
            return op("alter_column", column_names=names, change=change, name=name)
        return op(
            "create_constraint",
            name=constraint.name,
            unnamed=constraint.unnamed,
            object_type=constraint.kind,
            column_names=constraint.columns,
            constraints=(constraint,),
        )
    if action.any_of("index", "key", "fulltext", "spatial") and not action.done:
        return op("create_index", name=action.part(), column_names=action.names())
    action.take("column")
    guard = action.take("if", "not", "exists")
    return op("add_column", columns=(read_column(action),), guard=guard)


def _drop(action: Cursor) -> Operation:
    if action.take("constraint"):
        guard = action.take("if", "exists")
        name = action.part()
        return op(
            "drop_constraint",
            name=name,
            guard=guard,
            constraints=(Constraint("", name),),
            cascade=action.has("cascade"),
        )
    mysql = _drop_in_mysql(action)
    if mysql is not None:
        return mysql
    action.take("column")
    guard = action.take("if", "exists")
    name = action.part()
    names = () if name is None else (name,)
    return op("drop_column", column_names=names, guard=guard, cascade=action.has("cascade"))


def _drop_in_mysql(action: Cursor) -> Operation | None:
    """``DROP INDEX name``, ``DROP FOREIGN KEY name``, ``DROP PRIMARY KEY``: no columns."""
    if len(action.tokens) - action.at < 2:
        return None
    if action.take("primary", "key"):
        return op("sql", object_type="alter table")
    if action.take("foreign", "key") or action.take("check"):
        name = action.part()
        return op("drop_constraint", name=name, constraints=(Constraint("", name),))
    if action.any_of("index", "key"):
        return op("drop_index", name=action.part())
    return None


def _alter_column(action: Cursor) -> Operation:
    name = action.part()
    change, other = Change(), ""
    if action.take("set", "not", "null"):
        change = Change(nullable=False)
    elif action.take("drop", "not", "null"):
        change = Change(nullable=True)
    elif action.take("set", "default"):
        change = Change(default=True, default_text=action.rest()[:80])
    elif action.take("drop", "default"):
        change = Change(default=True)
    elif action.take("type") or action.take("set", "data", "type"):
        start = action.at
        while not action.done and action.word() not in ("using", "collate"):
            if action.group() is None:
                action.at += 1
        text = action.text(start, action.at)
        while not action.done and not action.take("using"):
            action.at += 1
        change = Change(type=sql_type(text), using=action.rest()[:200])
    else:
        other = f"{action.word()} {action.word(1)}".strip()
    names = () if name is None else (name,)
    return op("alter_column", column_names=names, change=change, object_type=other)


def _rename(action: Cursor) -> Operation:
    if action.take("to"):
        return op("rename_table", name=action.part())
    if action.take("constraint"):
        old = action.part()
        action.take("to")
        return op("rename_constraint", old_name=old, name=action.part())
    action.take("column")
    old = action.part()
    action.take("to")
    names = () if old is None else (old,)
    return op("rename_column", column_names=names, name=action.part())

"""Operations of downgrade() that fail because another one came too early.

Only PostgreSQL's own refusals: dropping what something else still depends on, and dropping what is
already gone. Conditional operations are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opsmig_tui.review.migration import Migration
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.schema_calls import referred_table


@dataclass(frozen=True)
class Misplaced:
    """The operation that fails, in words what is in its way, and what to do."""

    operation: Operation
    problem: str
    remedy: str


@dataclass(frozen=True)
class _Reference:
    """A foreign key: from a table (through columns, under a name) to a parent."""

    table: str
    parent: str
    columns: tuple[str, ...]
    name: str | None


def misplaced(migration: Migration) -> list[Misplaced]:
    """What fails in downgrade() for its place, at most one word about each operation."""
    if migration.opaque_downgrade:
        return []
    down = tuple(item for item in migration.downgrade if not item.context.branch)
    found: dict[int, Misplaced] = {}
    for item in (
        *_parents_first(migration.upgrade, down),
        *_children_first(down),
        *_already_gone(migration.upgrade, down),
        *_types_first(migration.upgrade, down),
        *_not_yet_there(down),
    ):
        found.setdefault(item.operation.order, item)
    return list(found.values())


def _references(operations: tuple[Operation, ...]) -> Iterator[_Reference]:
    for item in operations:
        if item.table is None:
            continue
        for constraint in item.constraints:
            creates = item.kind in ("create_table", "create_constraint")
            if creates and constraint.kind == "foreign" and constraint.referent is not None:
                yield _Reference(
                    item.table, constraint.referent, constraint.columns, constraint.name
                )
        if item.kind in ("create_table", "add_column"):
            for column in item.columns:
                parent = referred_table(column.foreign_key) if column.foreign_key else None
                if parent is not None:
                    yield _Reference(item.table, parent, (column.name or "",), None)


def _by_table(operations: tuple[Operation, ...]) -> dict[str | None, list[Operation]]:
    found: dict[str | None, list[Operation]] = {}
    for item in operations:
        found.setdefault(item.table, []).append(item)
    return found


def _first_drops(down: tuple[Operation, ...]) -> dict[str, Operation]:
    drops: dict[str, Operation] = {}
    for item in down:
        if item.kind == "drop_table" and item.table is not None:
            drops.setdefault(item.table, item)
    return drops


def _parents_first(up: tuple[Operation, ...], down: tuple[Operation, ...]) -> Iterator[Misplaced]:
    drops = _first_drops(down)
    there = _by_table(down)
    for key in _references(up):
        parent = drops.get(key.parent)
        if parent is None or parent.cascade or key.table == key.parent:
            continue
        removals = [item.order for item in there.get(key.table, ()) if _removes(item, key)]
        if removals and min(removals) > parent.order:
            yield Misplaced(
                parent,
                f"drops {key.parent} while {key.table} still has a foreign key to it",
                f"Drop {key.table}, or its foreign key, before {key.parent}.",
            )


def _removes(item: Operation, key: _Reference) -> bool:
    if item.kind == "drop_table":
        return True
    if item.kind == "drop_column":
        return item.column in key.columns
    if item.kind != "drop_constraint" or item.object_type not in ("", "foreign"):
        return False
    return key.name is None or item.name in (None, key.name)


def _children_first(down: tuple[Operation, ...]) -> Iterator[Misplaced]:
    """A table made again before the one its foreign key points to."""
    made = {item.table: item for item in down if item.kind == "create_table"}
    for item in down:
        if item.kind != "create_table":
            continue
        for key in _references((item,)):
            parent = made.get(key.parent)
            if parent is not None and parent.order > item.order:
                yield Misplaced(
                    item,
                    f"creates {key.table} before {key.parent}, which its foreign key points to",
                    f"Create {key.parent} first.",
                )


def _already_gone(up: tuple[Operation, ...], down: tuple[Operation, ...]) -> Iterator[Misplaced]:
    indexes = {item.name: item for item in up if item.kind == "create_index" and item.name}
    constraints = {item.name: item for item in up if item.kind == "create_constraint" and item.name}
    tables: set[str] = set()
    columns: set[tuple[str, str]] = set()
    for item in down:
        if item.kind == "drop_table" and item.table is not None:
            tables.add(item.table)
        elif item.kind in ("create_table", "rename_table"):
            tables -= {item.table or "", item.name or ""}
        elif item.kind == "add_column":
            columns.discard((item.table or "", item.column or ""))
        elif item.kind in ("drop_index", "drop_constraint", "drop_column") and item.guard is False:
            made = (indexes if item.kind == "drop_index" else constraints).get(item.name or "")
            table = item.table or (made.table if made is not None else None)
            gone = _gone(item, made, table, tables, columns)
            if gone:
                what = f"column {item.column}" if item.kind == "drop_column" else item.name
                yield Misplaced(
                    item,
                    f"drops {what or 'a constraint'} after {gone}, which took it along",
                    "Drop it before, or leave it out.",
                )
        if item.kind == "drop_column" and item.table and item.column:
            columns.add((item.table, item.column))


def _gone(
    item: Operation,
    made: Operation | None,
    table: str | None,
    tables: set[str],
    columns: set[tuple[str, str]],
) -> str:
    if table is None:
        return ""
    if table in tables:
        return f"table {table}"
    names = made.column_names if made is not None and item.kind != "drop_column" else ()
    return next((f"column {table}.{name}" for name in names if (table, name) in columns), "")


def _types_first(up: tuple[Operation, ...], down: tuple[Operation, ...]) -> Iterator[Misplaced]:
    """An enum type dropped while a column added in upgrade() still has it."""
    users: dict[str, list[tuple[str, str]]] = {}
    for item in up:
        if item.kind in ("create_table", "add_column") and item.table is not None:
            for column in item.columns:
                enum = column.type.enum if column.type is not None else None
                if enum is not None and enum.name is not None and column.name is not None:
                    users.setdefault(enum.name, []).append((item.table, column.name))
    there = _by_table(down)
    for item in down:
        if item.kind != "drop_enum" or item.cascade or item.name not in users:
            continue
        for table, name in users[item.name]:
            removals = [o.order for o in there.get(table, ()) if _removes_column(o, name)]
            if removals and min(removals) > item.order:
                yield Misplaced(
                    item,
                    f"drops type {item.name} while {table}.{name} still has it",
                    f"Drop {table}.{name} first.",
                )
                break


def _removes_column(item: Operation, name: str) -> bool:
    if item.kind in ("drop_column", "alter_column"):
        return item.column == name
    return item.kind == "drop_table"


def _not_yet_there(down: tuple[Operation, ...]) -> Iterator[Misplaced]:
    """An index or constraint built before its column is added back."""
    added = {(item.table, item.column): item.order for item in down if item.kind == "add_column"}
    for item in down:
        if item.kind in ("create_index", "create_constraint"):
            for name in item.column_names:
                if added.get((item.table, name), -1) > item.order:
                    yield Misplaced(
                        item,
                        f"builds {item.name or 'an index'} before column {name} is added back",
                        f"Add {name} first.",
                    )
                    break

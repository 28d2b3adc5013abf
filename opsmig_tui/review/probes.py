"""Questions about live data that operations raise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opsmig_tui.review.operations import ColumnType, Constraint, Operation, same_schema
from opsmig_tui.worker.protocol import Probe, ProbeAnswer

if TYPE_CHECKING:
    from opsmig_tui.review.subject import Subject

MOST = 40
"""Questions one review asks at most: at 10 ms each they stay below half a second."""
TOO_MANY = f"the migration raises more than {MOST} questions about live data"


class Questions(dict[Probe, ProbeAnswer]):
    """Stands in the place of the answers while a review only finds out what it would ask."""

    def get(self, probe: Probe, default: object = None) -> None:  # type: ignore[override]
        self.setdefault(probe, ProbeAnswer(probe))

    def probes(self) -> tuple[Probe, ...]:
        return tuple(self)[:MOST]


def rows_of(item: Operation) -> Probe | None:
    return _probe("rows", item)


def values_of(item: Operation) -> Probe | None:
    return _probe("values", item, item.column)


def nulls_of(item: Operation) -> Probe | None:
    return _probe("nulls", item, item.column)


def dependents_of(item: Operation) -> Probe | None:
    """What uses the operation's table, or its one column."""
    if item.kind == "drop_table":
        return _probe("dependents", item)
    return _probe("dependents", item, item.column)


def duplicates_of(item: Operation) -> Probe | None:
    """Rows that a new unique index, unique constraint or primary key would not take; None where it
    is over expressions, over some rows, or takes an index that is there."""
    if not item.column_names or not item.complete or item.where or "…" in item.options:
        return None
    if item.kind == "create_index":
        if not item.unique or (item.is_sql and item.text.count("(") != 1):
            return None
        if item.is_sql and re.search(r"\bWHERE\b", item.text, re.I):
            return None
    elif item.object_type not in ("unique", "primary") or item.kind != "create_constraint":
        return None
    if item.constraint is not None and item.constraint.using_index is not None:
        return None
    return _probe("duplicates", item, *item.column_names)


def orphans_of(item: Operation) -> Probe | None:
    """Rows that a new foreign key would not take; None where it is not held against them."""
    key = item.constraint
    if item.kind != "create_constraint" or item.object_type != "foreign" or key is None:
        return None
    return key_orphans(item, key, named=not item.is_sql) if key.valid is True else None


def key_orphans(item: Operation, key: Constraint, named: bool) -> Probe | None:
    """Rows of the operation's table without a parent below this key. Not `named`: columns that the
    key does not name are the primary key's; otherwise they are not decided."""
    if key.kind != "foreign" or key.referent is None or not key.columns or item.table is None:
        return None
    if not key.referent_columns and named:
        return None
    return Probe(
        "orphans",
        item.table,
        item.schema,
        key.columns,
        key.referent,
        key.referent_schema,
        key.referent_columns,
    )


def longest_of(item: Operation) -> Probe | None:
    return _probe("longest", item, item.column)


def unfit_of(item: Operation) -> Probe | None:
    """Values that do not fit the column's new type, where that is text or a number of some size."""
    change = item.change
    wanted = sized(change.type) if change is not None and change.type is not None else None
    return _probe("unfit", item, item.column, value=wanted) if wanted is not None else None


def sized(type_: ColumnType) -> str | None:
    """ "character varying(20)", "numeric(8,2)", "smallint"; None for a type without a bound."""
    if type_.family == "string" and type_.length is not None:
        return f"character varying({type_.length})"
    if type_.family == "decimal" and type_.precision is not None:
        return f"numeric({type_.precision},{type_.scale or 0})"
    return type_.name if type_.name in ("smallint", "integer") else None


def _probe(kind: str, item: Operation, *columns: str | None, value: str = "") -> Probe | None:
    if item.table is None or None in columns:
        return None
    names = tuple(column for column in columns if column is not None)
    return Probe(kind, item.table, item.schema, names, value=value)


def enum_values_of(subject: Subject, item: Operation) -> tuple[Probe, ...]:
    """Uses of the values that an operation renames, or that the enum type no longer has when it is
    made anew: as far as the database has the type by that name now."""
    if item.kind == "rename_enum_value" and item.name is not None and item.old_name is not None:
        return (Probe("enum_used", item.name, item.schema, value=item.old_name),)
    made = item
    # Renamed away or dropped, to be made anew under its name.
    gone = item.name if item.kind == "drop_enum" else item.old_name
    if gone is not None:
        after = subject.migration.operations(item.context.direction)[item.order + 1 :]
        named = (op for op in after if op.kind == "create_enum" and op.name == gone)
        made = next(named, item)
    if made.kind != "create_enum" or made.name is None or made.values is None:
        return ()
    database = subject.facts.database
    for enum in database.enums if database is not None else ():
        if enum.name == made.name and same_schema(made.schema, enum.schema):
            lost = [value for value in enum.values if value not in made.values]
            return tuple(Probe("enum_used", enum.name, enum.schema, value=v) for v in lost[:5])
    return ()

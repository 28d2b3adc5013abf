"""What a column's type was before it is changed, and what a change of type does to values."""

from __future__ import annotations

from opsmig_tui.review.operations import ColumnType, Operation
from opsmig_tui.review.renames import from_facts, table_facts
from opsmig_tui.review.subject import Subject

_INTEGERS = {"smallint": 2, "integer": 4, "bigint": 8}  # bytes: PostgreSQL, table 8.2
_STRINGS = ("character varying", "character", "text")
_NUMBERS = ("integer", "decimal", "float")
_TIMES = ("timestamp", "date", "time", "interval")
_KNOWN = frozenset(
    (*_NUMBERS, *_TIMES, "boolean", "uuid", "json", "binary", "enum", "array", "inet", "string")
)
# Casts between families that an ALTER makes by itself: those that pg_cast (15 and 18) has as
# implicit or on assignment; every type also goes to a string.
_ASSIGNED = frozenset(
    {
        *((left, right) for left in _NUMBERS for right in _NUMBERS),
        *(("timestamp", "date"), ("timestamp", "time"), ("date", "timestamp")),
        *(("time", "interval"), ("interval", "time")),
    }
)


def type_before(subject: Subject, item: Operation) -> ColumnType | None:
    """The type a column has before this alter_column: as the call says, as the other direction
    gives it back, or as the database has it. None: nothing tells."""
    change = item.change
    if change is None or item.column is None:
        return None
    if change.existing_type is not None:
        return change.existing_type
    for other in reversed(list(subject.earlier(item, "alter_column", "rename_column"))):
        if other.change is not None and other.change.type and subject.same_column(other, item):
            return other.change.type
    added = subject.before(item).column(item, item.column)
    if added is not None:
        return added.columns[0].type
    down = item.context.direction == "downgrade"
    for other in subject.migration.operations("upgrade" if down else "downgrade"):
        if other.change is None or not subject.same_column(other, item):
            continue
        if other.change.type is not None:
            return other.change.type
    if down or subject.facts.applied:
        return None
    table = table_facts(subject.facts, item.table, item.schema)
    for column in table.columns if table is not None else ():
        if column.name == item.column:
            return from_facts(column).type
    return None


def narrowed(old: ColumnType, new: ColumnType) -> str | None:
    """How the new type holds less than the old one ("20 characters in place of 50"), None where it
    does not, or where that is not decided."""
    if old.name in _STRINGS and new.name in _STRINGS and new.length is not None:
        if new.name == "character" and old.name != "character":
            return None if old.length == new.length else _characters(old, new)
        return _characters(old, new)
    if old.name in _INTEGERS and new.name in _INTEGERS:
        if _INTEGERS[new.name] < _INTEGERS[old.name]:
            return f"{new.name} in place of {old.name}"
        return None
    if old.name == new.name == "numeric" and new.precision is not None:
        return _digits(old, new)
    return None


def _characters(old: ColumnType, new: ColumnType) -> str | None:
    if old.length is None and old.name == "character":
        return None  # CHAR alone is CHAR(1)
    if old.length is None:
        return f"{new.length} characters in place of any number"
    if new.length is not None and new.length < old.length:
        return f"{new.length} characters in place of {old.length}"
    return None


def _digits(old: ColumnType, new: ColumnType) -> str | None:
    if new.precision is None:
        return None
    if old.precision is None:
        return f"{_numeric(new)} in place of any number of digits"
    scale, was = new.scale or 0, old.scale or 0
    if scale < was or new.precision - scale < old.precision - was:
        return f"{_numeric(new)} in place of {_numeric(old)}"
    return None


def _numeric(of: ColumnType) -> str:
    return f"numeric({of.precision}, {of.scale or 0})"


def needs_using(old: ColumnType, new: ColumnType) -> bool:
    """Whether PostgreSQL refuses this change of type without USING; False also where the types are
    not known well enough."""
    if old.family not in _KNOWN or new.family not in _KNOWN or new.family == "string":
        return False
    if not (_sure(old) and _sure(new)):
        return False
    if old.family == new.family == "enum":
        names = (old.enum.name if old.enum else None, new.enum.name if new.enum else None)
        return None not in names and names[0] != names[1]
    return old.family != new.family and (old.family, new.family) not in _ASSIGNED


def _sure(of: ColumnType) -> bool:
    """It is PostgreSQL's own type or an enum, and no third-party class of a like name."""
    return bool(of.name)

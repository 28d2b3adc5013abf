"""Attributes and items of values."""

from __future__ import annotations

from opsmig_tui.review.values import (
    UNKNOWN,
    ClassValue,
    ColumnRef,
    ColumnsOf,
    Method,
    Opaque,
    Symbol,
    TableValue,
    as_text,
    is_inspected,
)


def attribute(value: object, name: str) -> object:
    """``value.name``."""
    if isinstance(value, Symbol):
        return Symbol(f"{value.path}.{name}") if len(value.path) < 300 else UNKNOWN
    if isinstance(value, Opaque):
        return value if value.inspected else Method(value, name)
    if isinstance(value, ClassValue):
        return _of_class(value, name)
    if isinstance(value, TableValue) and name in ("c", "columns"):
        return ColumnsOf(value)
    if isinstance(value, ColumnsOf):
        return ColumnRef(name)
    if isinstance(value, Method):
        # An attribute of an attribute of something unknown: still unknown, callable all the same.
        return Method(UNKNOWN, name) if isinstance(value.owner, Opaque) else UNKNOWN
    return Method(value, name)


def _of_class(value: ClassValue, name: str) -> object:
    if name == "__table__":
        return mapped_table(value)
    if name in value.attributes:
        return value.attributes[name]
    if name == "__name__":
        return value.name
    return Method(value, name)


def mapped_table(value: ClassValue) -> TableValue | None:
    """The table of a mapped class, None for any other class."""
    if "__tablename__" not in value.attributes:
        return None
    return TableValue(as_text(value.attributes["__tablename__"]))


def subscript(value: object, key: object) -> object:
    """``value[key]``."""
    if is_inspected(value):
        return value
    if isinstance(value, dict):
        known = isinstance(key, str | int | float | bytes) or key is None
        return value.get(key, UNKNOWN) if known else UNKNOWN
    if isinstance(value, list | tuple) and isinstance(key, int):
        return value[key] if -len(value) <= key < len(value) else UNKNOWN
    if isinstance(value, ColumnsOf):
        return ColumnRef(as_text(key))
    return UNKNOWN

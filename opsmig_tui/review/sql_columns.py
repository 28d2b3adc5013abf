"""Column and constraint definitions in SQL: the insides of CREATE TABLE and ALTER TABLE ... ADD."""

from __future__ import annotations

from opsmig_tui.review.operations import Column, Constraint
from opsmig_tui.review.sql_cursor import Cursor
from opsmig_tui.review.types import is_serial, sql_type

_TABLE_CONSTRAINTS = ("constraint", "primary", "foreign", "unique", "check", "exclude")
_AFTER_TYPE = frozenset(
    {
        *("not", "null", "default", "primary", "unique", "references", "check", "constraint"),
        *("generated", "collate", "storage", "compression"),
    }
)


def is_constraint(item: Cursor) -> bool:
    return item.word() in _TABLE_CONSTRAINTS


def read_constraint(item: Cursor) -> Constraint:
    """``CONSTRAINT name UNIQUE (a, b)`` and its kin."""
    name: str | None = None
    unnamed = not item.take("constraint")
    if not unnamed:
        name = item.part()
    kind = item.any_of("primary", "foreign", "unique", "check", "exclude")
    item.take("key")
    columns = item.names() if kind in ("primary", "foreign", "unique") else ()
    referent: str | None = None
    if kind == "foreign" and item.take("references"):
        referent = item.name()[1]
        item.names()  # the columns it points to
    return Constraint(kind, name, columns, referent, unnamed)


def read_column(item: Cursor) -> Column:
    """``name type [NOT NULL] [DEFAULT ...] [REFERENCES ...]``."""
    name = item.part()
    type_text = _type_text(item)
    nullable, default, default_text = True, is_serial(type_text), ""
    foreign_key: str | None = None
    primary = unique = False
    while not item.done:
        if item.take("not", "null"):
            nullable = False
        elif item.take("default"):
            start = item.at
            _skip_expression(item)
            default_text = item.text(start, item.at)
            default = default_text.lower() != "null"
        elif item.take("generated"):
            default = True
        elif item.take("primary", "key"):
            primary, nullable = True, False
        elif item.take("references"):
            table = item.name()[1]
            columns = item.names()
            foreign_key = f"{table}.{columns[0]}" if table and columns else table
        elif item.take("unique"):
            unique = True
        else:
            item.at += 1
    if is_serial(type_text):
        nullable = False
    return Column(
        name=name,
        type=sql_type(type_text) if type_text else None,
        nullable=nullable,
        default=default,
        default_text=default_text,
        primary_key=primary,
        foreign_key=foreign_key,
        unique=unique,
    )


def _type_text(item: Cursor) -> str:
    start = item.at
    while not item.done and item.word() not in _AFTER_TYPE:
        if item.group() is None:
            item.at += 1
    return item.text(start, item.at)


def _skip_expression(item: Cursor) -> None:
    """To the next keyword that can follow a DEFAULT (its own first token always belongs to it)."""
    item.at += 1
    while not item.done and item.word() not in _AFTER_TYPE:
        if item.group() is None:
            item.at += 1

"""Column and constraint definitions in SQL: the insides of CREATE TABLE and ALTER TABLE ... ADD."""

from __future__ import annotations

from opsmig_tui.review.operations import Column, Constraint
from opsmig_tui.review.sql_cursor import Cursor
from opsmig_tui.review.sql_tokens import statements
from opsmig_tui.review.types import is_serial, sql_type
from opsmig_tui.review.volatility import of_sql

_TABLE_CONSTRAINTS = ("constraint", "primary", "foreign", "unique", "check", "exclude", "not")
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
    if kind == "" and item.take("not", "null"):
        kind, columns = "not null", (item.part() or "",)
    schema: str | None = None
    referent: str | None = None
    remote: tuple[str, ...] = ()
    if kind == "foreign" and item.take("references"):
        schema, referent = item.name()
        remote = item.names()
    using = item.name()[1] if item.take("using", "index") else None
    text = _inner(item) if kind == "check" else ""
    deferred = item.has("initially", "deferred")
    deferrable = deferred or (item.has("deferrable") and not item.has("not", "deferrable"))
    return Constraint(
        kind,
        name,
        columns,
        referent,
        unnamed,
        referent_schema=schema,
        referent_columns=remote,
        valid=not item.has("not", "valid"),
        deferrable=deferrable,
        deferred=deferred,
        using_index=using,
        text=text,
    )


def kept_constraint(definition: str) -> Constraint:
    """What a server says of a constraint: ``UNIQUE (a)``, ``CHECK ((a > 0)) NOT VALID``."""
    found = statements(definition)
    return read_constraint(Cursor(found[0] if found else [], definition))


def _inner(item: Cursor) -> str:
    """What stands in the brackets that come next."""
    inner = item.group()
    return inner.rest() if inner is not None else ""


def read_column(item: Cursor) -> Column:
    """``name type [NOT NULL] [DEFAULT ...] [REFERENCES ...]``."""
    name = item.part()
    type_text = _type_text(item)
    nullable, default, default_text = True, is_serial(type_text), ""
    fill = "serial" if default else ""
    foreign_key: str | None = None
    primary = unique = checked = False
    while not item.done:
        if item.take("not", "null"):
            nullable = False
        elif item.take("default"):
            start = item.at
            _skip_expression(item)
            default_text = item.text(start, item.at)
            default = default_text.lower() != "null"
            fill = of_sql(default_text) if default else ""
        elif item.take("generated"):
            default, fill = True, _generated(item)
        elif item.take("check"):
            item.group()
            checked = True
        elif item.take("primary", "key"):
            primary, nullable = True, False
        elif item.take("references"):
            schema, table = item.name()
            columns = item.names()
            parts = (schema, table, columns[0]) if columns else (table,)
            foreign_key = ".".join(part for part in parts if part) or None
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
        fill=fill,
        primary_key=primary,
        foreign_key=foreign_key,
        unique=unique,
        checked=checked,
    )


def _generated(item: Cursor) -> str:
    """``ALWAYS AS IDENTITY``, ``ALWAYS AS (…) STORED``: `Column.fill`."""
    while not item.done and not item.take("as"):
        item.at += 1
    if item.take("identity"):
        return "identity"
    item.group()
    return item.any_of("stored", "virtual") or "generated"


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

"""Columns as the database or the models know them, as source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.review.model import Facts
from opsmig_tui.review.types import sql_type
from opsmig_tui.worker.protocol import ColumnFacts

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.style import Style

# SQLAlchemy's classes by PostgreSQL's names; those with a dot are of its PostgreSQL dialect.
_CLASSES = {
    "character varying": "String",
    "text": "Text",
    "smallint": "SmallInteger",
    "integer": "Integer",
    "bigint": "BigInteger",
    "numeric": "Numeric",
    "real": "REAL",
    "double precision": "Double",
    "boolean": "Boolean",
    "date": "Date",
    "timestamp without time zone": "DateTime",
    "timestamp with time zone": "DateTime",
    "time without time zone": "Time",
    "time with time zone": "Time",
    "bytea": "LargeBinary",
    "json": "JSON",
    "character": "CHAR",
    "uuid": ".UUID",
    "jsonb": ".JSONB",
    "inet": ".INET",
    "cidr": ".CIDR",
    "macaddr": ".MACADDR",
    "interval": ".INTERVAL",
    "tsvector": ".TSVECTOR",
    "hstore": ".HSTORE",
    "int4range": ".INT4RANGE",
    "int8range": ".INT8RANGE",
    "numrange": ".NUMRANGE",
    "tsrange": ".TSRANGE",
    "tstzrange": ".TSTZRANGE",
    "daterange": ".DATERANGE",
}


def writable(column: ColumnFacts) -> bool:
    """The type and the default are known well enough to write the column."""
    return _known_type(column) and (bool(column.default) or not column.has_server_default)


def _known_type(column: ColumnFacts) -> bool:
    found = sql_type(column.type)
    if column.enum is not None:
        return found.family != "array"
    timed = found.name.startswith(("timestamp", "time", "interval"))
    if timed and found.precision is not None:
        return False  # SQLAlchemy's general types have no precision of seconds
    return found.name.removesuffix("[]") in _CLASSES and (
        found.family != "array" or "(" not in column.type
    )


def column_code(
    style: Style, column: ColumnFacts, facts: Facts, *, nullable: bool | None = None
) -> str:
    """``sa.Column("b", sa.Text(), nullable=True)`` for a `writable` column."""
    default = None
    if column.default:
        default = f"{style.name('sqlalchemy.text')}({style.quoted(column.default)})"
    return style.call(
        style.name("sqlalchemy.Column"),
        style.quoted(column.name),
        type_code(style, column, facts),
        server_default=default,
        nullable=str(column.nullable if nullable is None else nullable),
    )


def type_code(style: Style, column: ColumnFacts, facts: Facts) -> str:
    """The type of a `writable` column. An enum type is taken as it is there."""
    if column.enum is not None:
        return enum_code(style, column.enum, _enum_schema(facts, column.enum))
    found = sql_type(column.type)
    element = found.name.removesuffix("[]")
    known = _CLASSES[element]
    path = "sqlalchemy.dialects.postgresql" if known.startswith(".") else "sqlalchemy."
    name = style.name(path + known)
    numbers = [n for n in (found.length, found.precision, found.scale) if n is not None]
    zone = "True" if element.endswith("with time zone") else None
    made = style.call(name, *map(str, numbers), timezone=zone)
    if found.family == "array":
        return style.call(style.name("sqlalchemy.dialects.postgresql.ARRAY"), made)
    return made


def enum_code(style: Style, name: str, schema: str | None) -> str:
    """``postgresql.ENUM(name="kind", create_type=False)``: a type that is there already."""
    return style.call(
        style.name("sqlalchemy.dialects.postgresql.ENUM"),
        name=style.quoted(name),
        schema=style.quoted(schema) if schema else None,
        create_type="False",
    )


def _enum_schema(facts: Facts, name: str) -> str | None:
    """The schema an enum type is in, None where it is public or there are several."""
    sides = (facts.database, facts.models)
    schemas = {e.schema for side in sides if side is not None for e in side.enums if e.name == name}
    schemas -= {None, "public"}
    return schemas.pop() if len(schemas) == 1 else None

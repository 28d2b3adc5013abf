"""Column types by family, from SQL ("VARCHAR(20)") and from SQLAlchemy class names."""

from __future__ import annotations

import re

from opsmig_tui.review.operations import ColumnType

_FAMILIES: dict[str, tuple[str, ...]] = {
    "string": (
        *("string", "text", "unicode", "unicodetext", "varchar", "char", "nvarchar", "citext"),
        *("character", "character varying", "bpchar", "name", "autostring", "longtext", "clob"),
    ),
    "integer": (
        *("integer", "int", "smallinteger", "biginteger", "smallint", "bigint", "int2", "int4"),
        *("int8", "serial", "bigserial", "smallserial", "tinyint"),
    ),
    "decimal": ("numeric", "decimal", "money"),
    "float": (
        "float",
        "real",
        "double",
        "double precision",
        "double_precision",
        "float4",
        "float8",
    ),
    "boolean": ("boolean", "bool"),
    "timestamp": (
        *("datetime", "timestamp", "timestamptz", "timestamp with time zone"),
        "timestamp without time zone",
    ),
    "date": ("date",),
    "time": ("time", "timetz", "time with time zone", "time without time zone"),
    "interval": ("interval",),
    "uuid": ("uuid", "guid"),
    "json": ("json", "jsonb"),
    "binary": ("largebinary", "bytea", "binary", "blob", "varbinary"),
    "enum": ("enum",),
    "array": ("array",),
    "inet": ("inet", "cidr"),
}
_BY_NAME = {name: family for family, names in _FAMILIES.items() for name in names}
_SQL = re.compile(
    r"\s*([A-Za-z_][\w ]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*\d+\s*)?\))?\s*((?:\[\d*\])*)\s*$"
)


def family_of(name: str) -> str:
    """The family of a type's name; a type nobody here knows is its own family."""
    lowered = name.lower()
    return _BY_NAME.get(lowered, lowered)


def sql_type(text: str) -> ColumnType:
    """A type as SQL writes it. Schema-qualified and quoted names are taken as they stand."""
    match = _SQL.match(text[:200])
    if match is None:
        return ColumnType(text=text, family=_plain(text))
    name, length, dimensions = match.groups()
    if dimensions:
        return ColumnType(text=text, family="array")
    words = " ".join(name.split()).lower()
    return ColumnType(text=text, family=family_of(words), length=int(length) if length else None)


def _plain(text: str) -> str:
    """The bare lower-case name of a possibly quoted and qualified type."""
    return family_of(text.rsplit(".", 1)[-1].replace('"', "").strip())


def is_serial(text: str) -> bool:
    return text.strip().lower() in {"serial", "bigserial", "smallserial", "serial4", "serial8"}

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

# PostgreSQL's own names, by other names for the same type. Documentation: Data Types, table 8.1;
# the two serials are their integers with a default.
_NAMES: dict[str, tuple[str, ...]] = {
    "character varying": ("varchar", "char varying", "string", "unicode", "nvarchar", "autostring"),
    "character": ("char", "bpchar", "nchar"),
    "text": ("unicodetext", "clob"),
    "smallint": ("int2", "smallinteger", "smallserial", "serial2"),
    "integer": ("int", "int4", "serial", "serial4"),
    "bigint": ("int8", "biginteger", "bigserial", "serial8"),
    "numeric": ("decimal",),
    "real": ("float4",),
    "double precision": ("float", "float8", "double", "double_precision"),
    "boolean": ("bool",),
    "timestamp without time zone": ("timestamp", "datetime"),
    "timestamp with time zone": ("timestamptz",),
    "time without time zone": ("time",),
    "time with time zone": ("timetz",),
    "bytea": ("largebinary", "pickletype"),
    "bit varying": ("varbit",),
}
_CANONICAL = {other: name for name, others in _NAMES.items() for other in (name, *others)}
_SAME = frozenset(
    {
        *("date", "interval", "uuid", "json", "jsonb", "inet", "cidr", "macaddr", "macaddr8"),
        *("money", "bit", "citext", "hstore", "tsvector", "tsquery", "oid", "xml", "regclass"),
        *("int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "jsonpath"),
    }
)
_TIMES = ("timestamp", "time", "interval")
_LONGEST = 10_485_760  # characters: PostgreSQL's MaxAttrSize

_SQL = re.compile(
    r"\s*((?:pg_catalog\s*\.\s*)?[A-Za-z_][\w ]*?)\s*"
    r"(?:\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\)\s*(with(?:out)?\s+time\s+zone)?)?\s*((?:\[\d*\])*)\s*$",
    re.I,
)


def family_of(name: str) -> str:
    """The family of a type's name; a type nobody here knows is its own family."""
    lowered = name.lower()
    return _BY_NAME.get(lowered, lowered)


def type_name(name: str) -> str:
    """PostgreSQL's own name of a type of its own, "" for any other."""
    lowered = name.lower()
    return _CANONICAL.get(lowered, lowered if lowered in _SAME else "")


def typed(
    text: str, called: str, first: int | None = None, second: int | None = None
) -> ColumnType:
    """A type by any of its names, with the numbers in its brackets."""
    name, family = type_name(called), family_of(called)
    if called.lower() == "float" and first is not None and first <= 24:
        name = "real"  # FLOAT(p) counts binary digits
    if name.startswith("character") and (first or 0) > _LONGEST:
        name = ""  # no type of PostgreSQL: written for MySQL, whose own TEXT ends at 65,535
    counts = family == "string" or name in ("bit", "bit varying", "")
    time = name.startswith(_TIMES)
    decimal = name == "numeric" and first is not None
    return ColumnType(
        text=text,
        family=family,
        length=first if counts else None,
        name=name,
        precision=first if decimal or time else None,
        scale=(second or 0) if decimal else None,
    )


def sql_type(text: str) -> ColumnType:
    """A type as SQL writes it. Schema-qualified and quoted names are taken as they stand."""
    match = _SQL.match(text[:200])
    if match is None:
        return ColumnType(text=text, family=_plain(text))
    written, first, second, zone, dimensions = match.groups()
    words = " ".join(f"{written} {zone or ''}".split()).lower().removeprefix("pg_catalog.").strip()
    found = typed(text, words, int(first) if first else None, int(second) if second else None)
    if dimensions:
        return ColumnType(text, "array", name=f"{found.name}[]" if found.name else "")
    return found


def _plain(text: str) -> str:
    """The bare lower-case name of a possibly quoted and qualified type."""
    return family_of(text.rsplit(".", 1)[-1].replace('"', "").strip())


def is_serial(text: str) -> bool:
    return text.strip().lower() in {"serial", "bigserial", "smallserial", *_SERIALS}


_SERIALS = ("serial2", "serial4", "serial8")

"""Values that do not fit the type a revision file gives their column: ``varchar(n)``, or a number.

PostgreSQL refuses the statement where a text is too long or a number out of range; with USING texts
are cut off, and numbers are rounded without a word.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .fewer import lossy
from .literals import UNKNOWN, Names, argument, batch_table, function_calls, value_of
from .protocol import Loss

_NAME = r'("(?:[^"]+)"|\w+)'
_TYPED = re.compile(
    rf"(?is)\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?:{_NAME}\s*\.\s*)?{_NAME}\s+"
    rf"ALTER\s+(?:COLUMN\s+)?{_NAME}\s+(?:SET\s+DATA\s+)?TYPE\s+"
    r"((?:character\s+varying|double\s+precision|\w+)\b(?:\s*\([\d\s,-]*\))?)"
)
_TEXT = re.compile(r"varchar\((\d+)\)")
_TEXTS = ("string", "unicode", "varchar", "nvarchar", "char", "nchar")
_NUMBERS = {
    "smallinteger": "smallint", "smallint": "smallint", "int2": "smallint",
    "integer": "integer", "int": "integer", "int4": "integer",
    "biginteger": "bigint", "bigint": "bigint", "int8": "bigint",
    "real": "real", "float4": "real",
    "double": "double precision", "double_precision": "double precision",
    "double precision": "double precision", "float8": "double precision",
}  # fmt: skip
_REAL_BITS = 24
_ALIASES = {"character varying": "varchar", "character": "char"}
# Of a text type as short as the new one nothing is too long: no table is read for that.
_OLD = """
SELECT t.typname::text, CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4
  THEN a.atttypmod - 4 END
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass(:table) AND a.attname = :column AND NOT a.attisdropped
"""

Target = tuple[Optional[str], str, str, str]
"""Schema, table, column, type: varchar(n) for every text, or as fewer.lossy takes it."""


def unfit(path: str, direction: str, context: MigrationContext, timeout_ms: int) -> Iterator[Loss]:
    """For each such column how many values there are now, where there are any; None where the
    count was not there in `timeout_ms`. What the file computes is left out."""
    if context.dialect.name != "postgresql" or context.connection is None or context.as_sql:
        return
    targets = dict.fromkeys(
        target
        for call, names in function_calls(path, direction)
        for target in _targets(call, names)
    )
    for target in targets:
        rows = _count(target, context, timeout_ms)
        if rows != 0:
            named = ".".join(part for part in target[:3] if part)
            yield Loss(f"values {_which(target[3])} in {named}", rows)


def _which(wanted: str) -> str:
    text_of = _TEXT.fullmatch(wanted)
    if text_of is None:
        return f"that {wanted} rounds or cannot hold"
    return f"over {text_of[1]} character{'' if text_of[1] == '1' else 's'}"


def _targets(call: ast.Call, names: Names) -> Iterator[Target]:
    func = call.func
    if isinstance(func, ast.Attribute) and func.attr == "alter_column":
        batch = batch_table(func.value, names)
        if batch is not None:
            place = (*batch, argument(call, names, 0, "column_name"))
        else:
            place = (
                argument(call, names, None, "schema"),
                argument(call, names, 0, "table_name"),
                argument(call, names, 1, "column_name"),
            )
        wanted = _given(call, names)
        if wanted is not None and UNKNOWN not in place and place[1] and place[2]:
            yield (*place, wanted)
        return
    for node in call.args:
        sql = value_of(node, names) if not isinstance(node, ast.Call) else UNKNOWN
        for found in _TYPED.finditer(sql) if isinstance(sql, str) else ():
            plain = [part and _plain(part) for part in found.groups()[:3]]
            wanted = _written(found[4])
            if wanted is not None:
                yield plain[0], str(plain[1]), str(plain[2]), wanted


def _given(call: ast.Call, names: Names) -> Optional[str]:
    """Of ``type_=sa.String(20)`` or ``type_=sa.Integer``."""
    made = next((item.value for item in call.keywords if item.arg == "type_"), None)
    kind = made.func if isinstance(made, ast.Call) else made
    name = kind.attr if isinstance(kind, ast.Attribute) else getattr(kind, "id", "")
    if not isinstance(made, ast.Call):
        return _type(name, ())
    first = "length" if name.lower() in _TEXTS else "precision"
    return _type(name, (argument(made, names, 0, first), argument(made, names, 1, "scale")))


def _written(sql: str) -> Optional[str]:
    name, _, rest = sql.partition("(")
    plain = " ".join(name.lower().split())
    parts = [int(part) for part in re.findall(r"-?\d+", rest)]
    return _type(_ALIASES.get(plain, plain), tuple(parts))


def _type(name: str, given: tuple[Any, ...]) -> Optional[str]:
    """None for a type that takes everything, or of which that is not known here."""
    name = name.lower()
    size, scale = (*given, None, None)[:2]
    if name in _TEXTS:
        return f"varchar({size})" if type(size) is int else None
    if name in ("numeric", "decimal"):
        scale = 0 if scale is None else scale
        return f"numeric({size},{scale})" if type(size) is type(scale) is int else None
    if name == "float":  # FLOAT(p) counts binary digits
        return "real" if type(size) is int and size <= _REAL_BITS else "double precision"
    return _NUMBERS.get(name)


def _count(target: Target, context: MigrationContext, timeout_ms: int) -> Optional[int]:
    connection: Any = context.connection
    schema, name, column, wanted = target
    quote = context.dialect.identifier_preparer.quote
    table = ".".join(quote(part) for part in (schema, name) if part)
    try:
        with connection.begin_nested():
            given = {"table": table, "column": column}
            found = connection.execute(text(_OLD), given).fetchall()
            if not found:
                return 0
            old, length = found[0]
            where = _condition(wanted, old, length, quote(column))
            if where is None:
                return 0
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {timeout_ms}")
            query = f"SELECT count(*) FROM {table} WHERE {where}"
            return int(connection.exec_driver_sql(query).scalar())
    except SQLAlchemyError:  # too slow, or not allowed: the plan says "unknown"
        return None


def _condition(wanted: str, old: str, length: Optional[int], column: str) -> Optional[str]:
    text_of = _TEXT.fullmatch(wanted)
    if text_of is None:
        return lossy(wanted, old, column)
    if length is not None and length <= int(text_of[1]):
        return None
    return f"length({column}::text) > {text_of[1]}"  # blanks at the end of a char(n) do not count


def _plain(name: str) -> str:
    return name[1:-1] if name.startswith('"') else name.lower()

"""Values that are too long for the type a revision file gives their column: ``varchar(n)``.

PostgreSQL refuses the statement where there is one; with USING they are cut off.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .literals import UNKNOWN, Names, argument, batch_table, function_calls, value_of
from .protocol import Loss

_NAME = r'("(?:[^"]+)"|\w+)'
_TYPED = re.compile(
    rf"(?is)\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?:{_NAME}\s*\.\s*)?{_NAME}\s+"
    rf"ALTER\s+(?:COLUMN\s+)?{_NAME}\s+(?:SET\s+DATA\s+)?TYPE\s+"
    r"(?:varchar|char|character(?:\s+varying)?)\s*\(\s*(\d+)\s*\)"
)
_TYPES = ("String", "Unicode", "VARCHAR", "NVARCHAR", "CHAR", "NCHAR")
# Of a type as short as the new one, nothing is too long: no table is read for that.
_LENGTH = """
SELECT CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4
  THEN a.atttypmod - 4 END
FROM pg_catalog.pg_attribute a
WHERE a.attrelid = to_regclass(:table) AND a.attname = :column AND NOT a.attisdropped
"""

Target = tuple[Optional[str], str, str, int]
"""Schema, table, column, characters."""


def too_long(
    path: str, direction: str, context: MigrationContext, timeout_ms: int
) -> Iterator[Loss]:
    """For each such column how many values there are now, where there are any; None where the
    count was not there in `timeout_ms`. What the file computes is left out."""
    if context.dialect.name != "postgresql" or context.connection is None or context.as_sql:
        return
    targets = dict.fromkeys(
        target
        for call, names in function_calls(path, direction)
        for target in _targets(call, names)
    )
    for schema, table, column, length in targets:
        rows = _count((schema, table, column, length), context, timeout_ms)
        if rows != 0:
            named = ".".join(part for part in (schema, table, column) if part)
            unit = "character" if length == 1 else "characters"
            yield Loss(f"values over {length} {unit} in {named}", rows)


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
        length = _length(call, names)
        if length is not None and UNKNOWN not in place and place[1] and place[2]:
            yield (*place, length)
        return
    for node in call.args:
        sql = value_of(node, names) if not isinstance(node, ast.Call) else UNKNOWN
        for found in _TYPED.finditer(sql) if isinstance(sql, str) else ():
            plain = [part and _plain(part) for part in found.groups()[:3]]
            yield plain[0], str(plain[1]), str(plain[2]), int(found[4])


def _length(call: ast.Call, names: Names) -> Optional[int]:
    """Of ``type_=sa.String(20)``."""
    made = next((item.value for item in call.keywords if item.arg == "type_"), None)
    if not isinstance(made, ast.Call):
        return None
    name = made.func.attr if isinstance(made.func, ast.Attribute) else getattr(made.func, "id", "")
    length = argument(made, names, 0, "length")
    return length if name in _TYPES and type(length) is int else None


def _count(target: Target, context: MigrationContext, timeout_ms: int) -> Optional[int]:
    connection: Any = context.connection
    schema, name, column, length = target
    quote = context.dialect.identifier_preparer.quote
    table = ".".join(quote(part) for part in (schema, name) if part)
    try:
        with connection.begin_nested():
            given = {"table": table, "column": column}
            found = connection.execute(text(_LENGTH), given).fetchall()
            if not found or (found[0][0] is not None and found[0][0] <= length):
                return 0
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {timeout_ms}")
            # As text: blanks at the end of a char(n) do not count.
            query = f"SELECT count(*) FROM {table} WHERE length({quote(column)}::text) > {length}"
            return int(connection.exec_driver_sql(query).scalar())
    except SQLAlchemyError:  # too slow, or not allowed: the plan says "unknown"
        return None


def _plain(name: str) -> str:
    return name[1:-1] if name.startswith('"') else name.lower()

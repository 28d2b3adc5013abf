"""What planners share: where a finding's operation stands, and pieces of source around it.

Nothing here needs libcst: planning is part of every review.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.model import FixRefused
from opsmig_tui.review.fixes.reserved import RESERVED
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Direction, Operation
from opsmig_tui.review.places import Place
from opsmig_tui.review.sql_tokens import statements, tokens
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    import libcst as cst

    from opsmig_tui.review.fixes.sheet import Sheet, Statement

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w+(?!:))")  # as sqlalchemy.text() finds them


def place_of(subject: Subject, operation: Operation | None) -> Place | None:
    """Where the operation itself stands as a statement that may be changed."""
    place = subject.migration.places.of(operation) if operation is not None else None
    return place if place is not None and place.whole else None


def sql_place(subject: Subject, finding: Finding) -> Place | None:
    """Where an ``op.execute("...")`` stands whose literal text is this one SQL statement."""
    item = finding.operation
    if item is None or not item.is_sql:
        return None
    place = subject.migration.places.of(item)
    text = sql_literal(place.call) if place is not None else None
    return place if text is not None and len(statements(text)) == 1 else None


def sql_literal(call: ast.Call) -> str | None:
    """The literal handed to execute(), also within text(...)."""
    node = call.args[0] if call.args else None
    if isinstance(node, ast.Call):
        return sql_literal(node)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def schema_told(place: Place, operation: Operation) -> bool:
    """The operation's schema is known, or there is none."""
    calls = [place.call]
    for item in place.batch.items if place.batch is not None else ():
        if isinstance(item.context_expr, ast.Call):
            calls.append(item.context_expr)
            if len(item.context_expr.args) > 1 and operation.schema is None:
                return False
    given = (k.value for call in calls for k in call.keywords if k.arg in ("schema", None))
    none = (isinstance(node, ast.Constant) and node.value is None for node in given)
    return operation.schema is not None or all(none)


def opposite(direction: Direction) -> Direction:
    return "downgrade" if direction == "upgrade" else "upgrade"


def outer(sheet: Sheet, place: Place) -> Statement:
    """The statement beside which further ones can stand: a batch is left as a whole."""
    return sheet.around(place.batch if place.batch is not None else place.statement)


def sql_name(name: str, schema: str | None = None) -> str:
    """An identifier for SQL, quoted where PostgreSQL asks for it."""
    parts = [part for part in (schema, name) if part is not None]
    return ".".join(p if _is_plain(p) else '"' + p.replace('"', '""') + '"' for p in parts)


def _is_plain(name: str) -> bool:
    return _PLAIN.match(name) is not None and name not in RESERVED


def sql_text(value: str) -> str:
    """A string literal for SQL."""
    return "'" + value.replace("'", "''") + "'"


def no_parameters(sql: str) -> str:
    """SQL for text(), with nothing in it that would name a parameter."""
    return _PARAMETER.sub(r"\:", sql)


def expression(value: str) -> str:
    """An SQL expression that a person typed. Raises FixRefused where it is none, or more."""
    text = value.strip()
    found = list(tokens(text))
    if not found:
        raise FixRefused("It needs a value: an SQL expression such as 'active', 0 or now().")
    depth = 0
    for token in found:
        if token.kind == "mark":
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth < 0 or (token.kind == "mark" and token.text == ";"):
            break
    else:
        if (
            depth == 0
            and _is_closed(text[found[-1].start :])
            and "--" not in text
            and "\n" not in text
        ):
            return no_parameters(text)
    raise FixRefused(f"{text} is not one SQL expression.")


def _is_closed(token: str) -> bool:
    """A quoted token ends as it began."""
    quote = token.lstrip("eE")[:1]
    return quote not in ("'", '"', "$") or (len(token) > 1 and token.endswith(quote))


def batch_table(sheet: Sheet, place: Place) -> tuple[str, str | None]:
    """The source of the table and the schema that batch_alter_table() is given. Raises
    FixRefused."""
    from opsmig_tui.review.fixes.arguments import argument

    assert place.batch is not None
    for item in place.batch.items:
        if isinstance(item.context_expr, ast.Call):
            call = sheet.call(item.context_expr)
            table, schema = argument(call, 0, "table_name"), argument(call, 1, "schema")
            if table is not None:
                return sheet.code(table.value), sheet.code(schema.value) if schema else None
    raise FixRefused("The batch does not say which table it is about.")


def source_of(sheet: Sheet, call: cst.Call, position: int, *names: str) -> str | None:
    """The source of an argument, None where it is not passed."""
    from opsmig_tui.review.fixes.arguments import argument

    found = argument(call, position, *names)
    return sheet.code(found.value) if found is not None else None

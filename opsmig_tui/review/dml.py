"""Statements handed to execute(): SQL text, and insert/update/delete constructs."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from dataclasses import replace

from opsmig_tui.review.operations import Operation, Span
from opsmig_tui.review.run import Call, Run, span_of
from opsmig_tui.review.sql_reader import SpanAt, read_sql
from opsmig_tui.review.values import (
    INSPECTED,
    UNKNOWN,
    Dml,
    Partial,
    SqlText,
    Symbol,
)
from opsmig_tui.review.written import written

_CATALOG = re.compile(r"information_schema|\bpg_\w+|to_regclass|sqlite_master", re.I)


def is_catalog_query(text: str) -> bool:
    """Whether a query asks the database what exists in it."""
    return _CATALOG.search(text) is not None


def run_sql(run: Run, call: Call, autocommit: bool) -> object:
    """Record what ``execute(statement)`` does; the value is what a query's result stands for."""
    argument = call.argument(0, "sqltext", "statement", "clause", "object_", "sql")
    if argument is None:
        run.record(undecided(run, call))
        return UNKNOWN
    value = argument.value.text if isinstance(argument.value, SqlText) else argument.value
    with run.within(**({"autocommit": True} if autocommit else {})):
        if isinstance(value, str | Partial):
            text = value if isinstance(value, str) else value.text
            run.step(len(text) // 4)
            span_at = spans(text, argument.node, call.node)
            run.record(*read_sql(text, span_at, run.context, len(run.operations)))
            return INSPECTED if is_catalog_query(text) else UNKNOWN
        if isinstance(value, Dml):
            run.record(_dml(run, value, call))
        elif isinstance(value, Symbol) and _is_query(value):
            run.record(Operation("sql", span_of(call.node), run.context, object_type="select"))
        else:
            run.record(undecided(run, call))
    return UNKNOWN


def _is_query(value: Symbol) -> bool:
    return value.path.startswith("sqlalchemy") and "select" in value.path


def undecided(run: Run, call: Call) -> Operation:
    """A statement that is put together at run time."""
    text = written(call.node)[:200]
    return Operation("undecided", span_of(call.node), run.context, text=text, is_sql=True)


def _dml(run: Run, value: Dml, call: Call) -> Operation:
    table = value.table
    rows = value.kind != "insert" and not value.columns and len(call.positional) > 1
    columns = None if rows else value.columns  # the second argument says which are set
    known = table is not None and columns is not None
    return Operation(
        value.kind if table is not None else "data",  # type: ignore[arg-type]
        span_of(call.node),
        run.context,
        table=table.name if table else None,
        schema=table.schema if table else None,
        column_names=columns or (),
        where=value.where,
        complete=known,
    )


def dml_method(owner: Dml | SqlText, name: str, call: Call) -> object:
    """The methods that say more about a statement: where() and values()."""
    if isinstance(owner, SqlText):
        return owner
    if name in ("where", "filter", "filter_by"):
        return replace(owner, where=True)
    if name == "values":
        return replace(owner, columns=_columns(owner, call))
    return owner


def _columns(owner: Dml, call: Call) -> tuple[str, ...] | None:
    names = list(owner.columns or ())
    for item in call.positional:
        if not isinstance(item.value, dict):
            return _keys_in_text(item.node)
        names += [key for key in item.value if isinstance(key, str)]
    names += list(call.keywords)
    return None if call.open else tuple(names)


def _keys_in_text(node: ast.expr) -> tuple[str, ...] | None:
    """``{table.c.name: value}``: the keys are column expressions."""
    if not isinstance(node, ast.Dict):
        return None
    names = [key.attr for key in node.keys if isinstance(key, ast.Attribute)]
    return tuple(names) if len(names) == len(node.keys) else None


def spans(text: str, argument: ast.expr, call: ast.Call) -> SpanAt:
    """Places in the file for offsets in the SQL: exact when it is one triple-quoted literal, to
    the line when that is dedented, or an f-string whose values are on one line each."""
    whole = span_of(call)
    literal = _literal(text, argument)
    if literal is None:
        return lambda start, end: whole
    first = span_of(literal)
    exact = isinstance(literal, ast.Constant) and literal.value == text
    starts = [0] + [match.end() for match in re.finditer("\n", text)]

    def at(start: int, end: int) -> Span:
        line = bisect_right(starts, start) - 1
        last = bisect_right(starts, max(end - 1, start)) - 1
        if line == 0 and last == len(starts) - 1:
            return whole
        if not exact:
            return Span(first.line + line, 0, first.line + last, 0)
        before = text[starts[line] : start].encode("utf-8", "replace")
        column = len(before) if line else whole.column
        end_column = len(text[starts[last] : end].encode("utf-8", "replace"))
        return Span(first.line + line, column, first.line + last, end_column)

    return at


def _literal(text: str, node: ast.expr) -> ast.expr | None:
    """The string as it stands in the file, if its lines there are its lines as text."""
    while isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    plain = isinstance(node, ast.Constant) and isinstance(node.value, str)
    if not plain and not isinstance(node, ast.JoinedStr):
        return None
    lines = (node.end_lineno or node.lineno) - node.lineno
    return node if lines and text.count("\n") == lines else None

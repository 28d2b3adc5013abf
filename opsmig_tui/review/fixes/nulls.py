"""NOT NULL on a table with rows: a value for those that have none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import (
    expression,
    outer,
    place_of,
    schema_told,
    source_of,
    sql_name,
    sql_place,
)
from opsmig_tui.review.fixes.model import Ask, Fix
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Column, Operation
from opsmig_tui.review.places import Place
from opsmig_tui.review.rules.base import column_of, table_of
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet

_EXAMPLES = {
    "string": "''",
    "integer": "0",
    "decimal": "0",
    "float": "0",
    "boolean": "false",
    "timestamp": "now()",
    "date": "CURRENT_DATE",
    "json": "'{}'",
    "array": "'{}'",
}


def no_default(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """A server_default for the column; or the column nullable, filled, then set NOT NULL."""
    item, place = finding.operation, place_of(subject, finding.operation)
    if item is None or place is None or item.kind != "add_column" or item.is_sql:
        return
    made = _column_call(place, item.columns[0])
    if made is None:
        return
    example = _example(item.columns[0])

    def default(sheet: Sheet, value: str) -> None:
        sql = expression(value)
        literal = sql[1:-1] if sql.startswith("'") and sql.count("'") == 2 else None
        code = sheet.style.quoted(literal or "")
        if not literal or not sql.endswith("'"):
            code = f"{sheet.style.name('sqlalchemy.text')}({sheet.style.quoted(sql)})"
        sheet.set_argument(sheet.call(made), "server_default", code)

    question = f"What is the server default of {column_of(item)}? An SQL expression."
    title = f"Gives {column_of(item)} a server default."
    yield Fix(finding.rule, title, default, Ask(question, example))
    if item.table is None or not schema_told(place, item):
        return

    def filled(sheet: Sheet, value: str) -> None:
        sql = expression(value)
        sheet.set_argument(sheet.call(made), "nullable", "True")
        code = f"{sheet.style.execute(_backfill(item, sql))}\n{_set_not_null(sheet, place, made)}"
        sheet.insert("after", outer(sheet, place), code)

    question = f"What do the rows of {table_of(item)} get in {item.column}? An SQL expression."
    title = f"Adds {column_of(item)} as nullable, fills it, then sets it NOT NULL."
    yield Fix(finding.rule, title, filled, Ask(question, example))


def _column_call(place: Place, column: Column) -> ast.Call | None:
    """The ``sa.Column(...)`` that is written in the call itself."""
    for node in (*place.call.args, *(keyword.value for keyword in place.call.keywords)):
        at = (node.lineno, node.col_offset)
        if isinstance(node, ast.Call) and at == (column.span.line, column.span.column):
            return node
    return None


def _example(column: Column) -> str:
    if column.type is None:
        return ""
    enum = column.type.enum
    if enum is not None and enum.values:
        return f"'{enum.values[0]}'"
    return _EXAMPLES.get(column.type.family, "")


def _backfill(item: Operation, sql: str) -> str:
    table, column = sql_name(item.table or "", item.schema), sql_name(item.column or "")
    return f"UPDATE {table} SET {column} = {sql} WHERE {column} IS NULL"


def _set_not_null(sheet: Sheet, place: Place, made: ast.Call) -> str:
    """alter_column() for the column that the call adds, in a batch of its own if it is in one."""
    column = sheet.call(made)
    name = source_of(sheet, column, 0, "name") or ""
    kind = source_of(sheet, column, 1, "type_")
    if place.batch is None:
        call = sheet.call(place.call)
        table = source_of(sheet, call, 0, "table_name") or ""
        schema = source_of(sheet, call, -1, "schema")
        return sheet.style.op(
            "alter_column", table, name, existing_type=kind, nullable="False", schema=schema
        )
    header = ", ".join(sheet.with_items(place.batch))
    batch = sheet.code(sheet.call(place.call).func).rpartition(".")[0]
    alter = sheet.style.call(f"{batch}.alter_column", name, existing_type=kind, nullable="False")
    return f"with {header}:\n" + sheet.style.indented(alter)


def no_backfill(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """An UPDATE of the rows that hold NULL, before it."""
    item = finding.operation
    if item is None or item.table is None or item.column is None:
        return
    place = sql_place(subject, finding) if item.is_sql else place_of(subject, item)
    if place is None or not (item.is_sql or schema_told(place, item)):
        return
    if _added_along(subject, item, place):
        return

    def edit(sheet: Sheet, value: str) -> None:
        code = sheet.style.execute(_backfill(item, expression(value)))
        sheet.insert("before", outer(sheet, place), code)

    question = f"What do rows get that hold NULL in {column_of(item)}? An SQL expression."
    title = f"Fills the NULLs of {column_of(item)} before it."
    change = item.change.existing_type if item.change is not None else None
    yield Fix(
        finding.rule, title, edit, Ask(question, _EXAMPLES.get(change.family if change else "", ""))
    )


def _added_along(subject: Subject, item: Operation, place: Place) -> bool:
    """The column comes into being in the same statement or batch: nothing can stand between."""
    added = subject.before(item).column(item, item.column)
    where = subject.migration.places.of(added) if added is not None else None
    return where is not None and (
        where.statement is place.statement
        or (place.batch is not None and where.batch is place.batch)
    )

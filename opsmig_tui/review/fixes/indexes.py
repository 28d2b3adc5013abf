"""Building and dropping indexes without stopping writes, so that it can be repeated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import (
    batch_table,
    opposite,
    outer,
    place_of,
    source_of,
    sql_name,
    sql_place,
)
from opsmig_tui.review.fixes.model import Fix, FixRefused
from opsmig_tui.review.fixes.sql_edits import change_literal
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.places import Place
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    import libcst as cst

    from opsmig_tui.review.fixes.sheet import Sheet

_KINDS = {"create_index": "drop_index", "drop_index": "create_index"}
_SQL_INDEX = re.compile(r"\b(CREATE\s+(?:UNIQUE\s+)?INDEX|DROP\s+INDEX)\b(?!\s+CONCURRENTLY)", re.I)


def concurrently(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """index-not-concurrent, index-drop-not-concurrent and concurrent-in-transaction."""
    item = finding.operation
    if item is None or item.kind not in _KINDS or item.name is None:
        yield from _other_statement(subject, finding)
        return
    if item.context.autocommit and not item.is_sql:
        return
    place = sql_place(subject, finding) if item.is_sql else place_of(subject, item)
    if place is None or (place.batch is not None and item.context.autocommit):
        return
    mirror = _mirror(subject, item)

    def edit(sheet: Sheet, value: str) -> None:
        _rewrite(sheet, item, place)
        if mirror is not None:
            _rewrite(sheet, *mirror)

    verb = "Builds" if item.kind == "create_index" else "Drops"
    title = f"{verb} {item.name} concurrently in an autocommit_block"
    if mirror is not None:
        title += f", and {'drops' if verb == 'Builds' else 'builds'} it so in "
        title += f"{opposite(item.context.direction)}()"
    yield Fix(finding.rule, f"{title}.", edit)


def _other_statement(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """REINDEX CONCURRENTLY and the like."""
    place = sql_place(subject, finding)
    if finding.rule != "concurrent-in-transaction" or place is None or place.batch is not None:
        return

    def edit(sheet: Sheet, value: str) -> None:
        sheet.wrap(sheet.around(place.statement), sheet.style.autocommit())

    yield Fix(finding.rule, "Runs it in an autocommit_block.", edit)


def _mirror(subject: Subject, item: Operation) -> tuple[Operation, Place] | None:
    """What the other direction does to the index, if that takes the lock as well."""
    direction = opposite(item.context.direction)
    for other in subject.on_table(direction, item.table):
        same = other.kind == _KINDS[item.kind] and other.name == item.name and not other.is_sql
        if not same or other.context.autocommit or other.context.branch:
            continue
        place = place_of(subject, other)
        if place is not None and not subject.before(other).has_table(other):
            return other, place
    return None


def _rewrite(sheet: Sheet, item: Operation, place: Place) -> None:
    call = sheet.call(place.call)
    if item.is_sql:
        change_literal(sheet, call, _SQL_INDEX, " CONCURRENTLY")
        first = drop_in_sql(sheet, item)
        sheet.wrap(sheet.around(place.statement), sheet.style.autocommit(), first)
    elif place.batch is not None:
        _out_of_batch(sheet, item, place, call)
    else:
        sheet.set_argument(call, "postgresql_concurrently", "True")
        if item.kind == "drop_index":
            sheet.set_argument(call, "if_exists", "True")
        first = drop_before(sheet, call) if item.kind == "create_index" else ""
        sheet.wrap(sheet.around(place.statement), sheet.style.autocommit(), first)


def drop_in_sql(sheet: Sheet, item: Operation) -> str:
    """The same in SQL; nothing where the index is dropped anyway."""
    if item.kind != "create_index" or item.name is None:
        return ""
    name = sql_name(item.name, item.schema)
    return sheet.style.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def drop_before(sheet: Sheet, call: cst.Call) -> str:
    """A guarded drop of what ``op.create_index(...)`` builds: a build that failed leaves an invalid
    index of that name behind."""
    return sheet.style.op(
        "drop_index",
        source_of(sheet, call, 0, "index_name") or "None",
        table_name=source_of(sheet, call, 1, "table_name"),
        schema=source_of(sheet, call, -1, "schema"),
        if_exists="True",
        postgresql_concurrently="True",
    )


def _out_of_batch(sheet: Sheet, item: Operation, place: Place, call: cst.Call) -> None:
    """A batch runs in the transaction: the index is built after it, or dropped before it."""
    style = sheet.style
    table, schema = batch_table(sheet, place)
    name = source_of(sheet, call, 0, "index_name") or "None"
    given = {a.keyword.value: sheet.code(a.value) for a in call.args if a.keyword is not None}
    for known in ("index_name", "columns", "postgresql_concurrently", "if_exists"):
        given.pop(known, None)
    always = {"schema": schema, "if_exists": "True", "postgresql_concurrently": "True"}
    drop = style.op("drop_index", name, table_name=table, **always)
    if item.kind == "drop_index":
        code = f"{style.autocommit()}\n{style.indented(drop)}"
        sheet.insert("before", outer(sheet, place), _freed(sheet, place, code))
    else:
        columns = source_of(sheet, call, 1, "columns") or "[]"
        build = style.op(
            "create_index", name, table, columns, schema=schema, **given,
            postgresql_concurrently="True",
        )  # fmt: skip
        body = style.indented(f"{drop}\n{build}")
        code = f"{style.autocommit()}\n{body}"
        sheet.insert("after", outer(sheet, place), _freed(sheet, place, code))
    sheet.remove(sheet.statement(call))


def _freed(sheet: Sheet, place: Place, code: str) -> str:
    """Code for outside of the batch, where its name is not bound (yet): ``batch_op.f(...)`` is
    op's as well. Raises FixRefused for anything else of it."""
    assert place.batch is not None
    names = [i.optional_vars.id for i in place.batch.items if isinstance(i.optional_vars, ast.Name)]
    for name in names:
        code = re.sub(rf"\b{name}\.f\(", f"{sheet.style.name('alembic.op.f')}(", code)
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    if used & set(names):
        raise FixRefused("It goes by something that only its batch has.")
    return code

"""The companion of a versioned table: created with it, changed as it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import (
    batch_table,
    opposite,
    outer,
    place_of,
    source_of,
    sql_name,
)
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.fixes.type_code import column_code, enum_code, writable
from opsmig_tui.review.model import Facts, Finding
from opsmig_tui.review.operations import Column, Operation
from opsmig_tui.review.places import Place
from opsmig_tui.review.rules.convention import companion_of
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import ColumnFacts, ConstraintFacts, TableFacts

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet

_INVERSE = {"add_column": "drop_column", "drop_column": "add_column"}
_NO_TYPES = ("ForeignKey", "Identity", "Computed", "Sequence", "CheckConstraint")
_TYPE_CHANGE = ("existing_type", "type_", "postgresql_using")


def column(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """companion-column-missing: the same on the companion, in both directions."""
    item = finding.operation
    companion = companion_of(subject, item.table) if item is not None and item.table else None
    place = _plain_place(subject, item)
    if item is None or companion is None or place is None:
        return
    back = next((o for o in _inverses(subject, item) if _plain_place(subject, o)), None)
    there = _plain_place(subject, back)

    def edit(sheet: Sheet, value: str) -> None:
        sheet.insert("after", outer(sheet, place), _mirrored(sheet, item, place, companion))
        if back is not None and there is not None:
            code = _mirrored(sheet, back, there, companion)
            sheet.insert("before", outer(sheet, there), code)

    both = ", in both directions" if there is not None else ""
    yield Fix(finding.rule, f"Does the same to {companion}.{item.column}{both}.", edit)


def _plain_place(subject: Subject, item: Operation | None) -> Place | None:
    """Where the operation stands, if its call says what the companion is to have."""
    place = place_of(subject, item)
    if item is None or place is None or item.is_sql or not item.complete:
        return None
    if item.kind != "add_column":
        return place
    made = column_call(place.call, item.columns[0])
    return place if made is not None else None


def column_call(call: ast.Call, column: Column) -> ast.Call | None:
    """The ``sa.Column(...)`` in the call, if it names a type."""
    for node in (*call.args, *(k.value for k in call.keywords)):
        if not isinstance(node, ast.Call) or node.lineno != column.span.line:
            continue
        plain = len(node.args) > 1 and not isinstance(node.args[1], ast.Starred)
        if plain and _called(node.args[1]) not in _NO_TYPES and column.type is not None:
            return node
    return None


def _called(node: ast.expr) -> str:
    return ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


def _inverses(subject: Subject, item: Operation) -> Iterator[Operation]:
    for other in subject.on_table(opposite(item.context.direction), item.table):
        if item.kind == "rename_column":
            if other.kind == item.kind and (other.column, other.name) == (item.name, item.column):
                yield other
        elif other.kind == _INVERSE.get(item.kind, item.kind) and other.column == item.column:
            yield other


def _mirrored(sheet: Sheet, item: Operation, place: Place, companion: str) -> str:
    """Source that does to the companion what the operation does to its table."""
    call, style = sheet.call(place.call), sheet.style
    batch = place.batch is not None
    schema = batch_table(sheet, place)[1] if batch else source_of(sheet, call, -1, "schema")
    arguments = [] if batch else [style.quoted(companion)]
    keywords: dict[str, str | None] = {} if batch else {"schema": schema}
    if item.kind == "add_column":
        arguments.append(_copied_column(sheet, place.call, item.columns[0]))
        name = "add_column"
    elif item.kind == "drop_column":
        arguments.append(style.quoted(item.column or ""))
        name = "drop_column"
    else:
        arguments.append(style.quoted(item.column or ""))
        name = "alter_column"
        given = {key: source_of(sheet, call, -1, key) for key in _TYPE_CHANGE}
        if item.kind == "rename_column":
            keywords["new_column_name"] = style.quoted(item.name or "")
            given = given if given["type_"] is not None else {}
        keywords.update(given)
    if not batch:
        return style.op(name, *arguments, **keywords)
    owner = sheet.code(call.func).rpartition(".")[0]
    header = style.op("batch_alter_table", style.quoted(companion), schema=schema)
    body = style.indented(style.call(f"{owner}.{name}", *arguments, **keywords))
    return f"with {header} as {owner}:\n{body}"


def _copied_column(sheet: Sheet, call: ast.Call, column: Column) -> str:
    """The column without keys. A default stays only where NOT NULL needs it: rows of history are
    written in full. NOT NULL without one would fail on the rows that are there."""
    made = column_call(call, column)
    assert made is not None
    found = sheet.call(made)
    default = source_of(sheet, found, -1, "server_default")
    filled = column.nullable is False and default is not None
    return sheet.style.call(
        sheet.code(found.func),
        source_of(sheet, found, 0) or "",
        source_of(sheet, found, 1) or "",
        server_default=default if filled else None,
        nullable="False" if filled else "True",
    )


def table(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """companion-table-missing: the table as the models have it, dropped in downgrade()."""
    item, facts = finding.operation, subject.facts
    place = place_of(subject, item)
    if item is None or place is None or item.is_sql or item.table is None:
        return
    model = _model_of(facts, companion_of(subject, item.table), item.schema)
    if model is None or not all(_writable_with(item, place, c) for c in model.columns):
        return
    drops = (o for o in subject.on_table("downgrade", item.table) if o.kind == "drop_table")
    back = place_of(subject, next(drops, None))

    def edit(sheet: Sheet, value: str) -> None:
        schema = source_of(sheet, sheet.call(place.call), -1, "schema")
        code = _created(sheet, facts, model, item, place, schema)
        sheet.insert("after", outer(sheet, place), code)
        if back is not None:
            drop = sheet.style.op("drop_table", sheet.style.quoted(model.name), schema=schema)
            sheet.insert("before", outer(sheet, back), drop)

    both = ", and drops it in downgrade()" if back is not None else ""
    yield Fix(finding.rule, f"Creates {model.name} as the models have it{both}.", edit)


def _model_of(facts: Facts, name: str | None, schema: str | None) -> TableFacts | None:
    tables = facts.models.tables if facts.models is not None else ()
    found = [item for item in tables if item.name == name and item.schema in (None, schema)]
    return found[0] if len(found) == 1 else None


def _writable_with(item: Operation, place: Place, column: ColumnFacts) -> bool:
    """The column is one of the table's own, as the migration has them, or can be written."""
    own = _own(item, column.name)
    copied = own is not None and column_call(place.call, own) is not None
    return (copied and not column.has_server_default) or writable(column)


def _own(item: Operation, name: str) -> Column | None:
    return next((column for column in item.columns if column.name == name), None)


def _created(
    sheet: Sheet,
    facts: Facts,
    model: TableFacts,
    item: Operation,
    place: Place,
    schema: str | None,
) -> str:
    style = sheet.style
    primary = next((c for c in model.constraints if c.kind == "primary"), None)
    keys = primary.columns if primary is not None else ()
    parts = []
    for wanted in model.columns:
        own = _own(item, wanted.name)
        made = column_call(place.call, own) if own is not None else None
        if own is None or made is None or wanted.has_server_default:
            parts.append(column_code(style, wanted, facts))
            continue
        found = sheet.call(made)
        type_ = source_of(sheet, found, 1) or ""
        enum = own.type.enum if own.type is not None else None
        if enum is not None and enum.name is not None:
            type_ = enum_code(style, enum.name, enum.schema)
        # Its values come from the table: nothing counts them up here.
        counted = own.type is not None and own.type.family == "integer" and wanted.name in keys
        parts.append(
            style.call(
                sheet.code(found.func),
                source_of(sheet, found, 0) or "",
                type_,
                autoincrement="False" if counted else None,
                nullable=str(wanted.nullable),
            )
        )
    if primary is not None:
        parts.append(_primary_key(sheet, primary))
    whole = style.op("create_table", style.quoted(model.name), *parts, schema=schema)
    others = [c for c in model.constraints if c.kind != "primary"]
    return "\n".join([whole, *(_further(sheet, model, c, schema) for c in others)])


def _primary_key(sheet: Sheet, key: ConstraintFacts) -> str:
    style = sheet.style
    name = f"{style.name('alembic.op.f')}({style.quoted(key.name)})" if key.name else None
    columns = map(style.quoted, key.columns)
    return style.call(style.name("sqlalchemy.PrimaryKeyConstraint"), *columns, name=name)


def _further(sheet: Sheet, model: TableFacts, item: ConstraintFacts, schema: str | None) -> str:
    """An index or a constraint of the companion beside its key."""
    style = sheet.style
    if item.kind == "index":
        name = f"{style.name('alembic.op.f')}({style.quoted(item.name)})" if item.name else "None"
        columns = ", ".join(map(style.quoted, item.columns))
        unique = "True" if item.definition.startswith("UNIQUE") else None
        return style.op(
            "create_index", name, style.quoted(model.name), f"[{columns}]", schema=schema,
            unique=unique,
        )  # fmt: skip
    named = f"CONSTRAINT {sql_name(item.name)} " if item.name else ""
    owner = sql_name(model.name, model.schema)
    return style.execute(f"ALTER TABLE {owner} ADD {named}{item.definition}")

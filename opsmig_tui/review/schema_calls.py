"""SQLAlchemy's constructors: what sa.Column(...), sa.Enum(...), sa.UniqueConstraint(...) say."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from opsmig_tui.review.names import mapped_table
from opsmig_tui.review.operations import Column, ColumnType, Constraint, EnumUse
from opsmig_tui.review.run import Argument, Call, span_of
from opsmig_tui.review.types import family_of
from opsmig_tui.review.values import (
    UNKNOWN,
    ClassValue,
    Dml,
    EnumValue,
    ForeignKey,
    IndexValue,
    Opaque,
    Partial,
    ServerFill,
    SqlText,
    Symbol,
    TableValue,
    as_text,
    plain_names,
    truth,
)

_CLASS = re.compile(r"(\w+)\(")


def schema_value(symbol: Symbol, call: Call) -> object | None:
    """The value a SQLAlchemy constructor makes; None for anything it is not."""
    if "(" in symbol.path:
        return None
    maker = _MAKERS.get(symbol.last)
    if maker is None:
        return None
    return maker(call) if symbol.last != "ENUM" else _enum(call, native=True)


def column_type(argument: Argument) -> ColumnType:
    """The type given to a column or to alter_column(type_=...)."""
    value, node = argument.value, argument.node
    if isinstance(value, EnumValue):
        if value.native is False:
            return ColumnType(value.text, "string")
        return ColumnType(value.text, "enum", enum=value.use)
    text = ast.unparse(node)[:120]
    if not isinstance(value, Symbol):
        return ColumnType(text, "")
    made = _CLASS.search(value.path)
    name = made.group(1) if made else value.last
    return ColumnType(text, family_of(name), _length(node))


def _length(node: ast.expr) -> int | None:
    if not isinstance(node, ast.Call):
        return None
    given: ast.expr | None = node.args[0] if node.args else None
    for keyword in node.keywords:
        if keyword.arg == "length":
            given = keyword.value
    if isinstance(given, ast.Constant) and isinstance(given.value, int):
        return given.value
    return None


def make_column(call: Call) -> Column:
    """sa.Column(name, type, *constraints, **options)."""
    arguments = list(call.positional)
    name: str | None = None
    if "name" in call.keywords:
        name = as_text(call.keywords["name"].value)
    elif arguments and isinstance(arguments[0].value, str | Partial):
        name = as_text(arguments.pop(0).value)
    elif arguments and isinstance(arguments[0].value, Opaque) and len(arguments) > 1:
        arguments.pop(0)  # a name worked out at run time
    typed = call.keywords.get("type_")
    if typed is None and arguments and not isinstance(arguments[0].value, _NOT_TYPES):
        typed = arguments.pop(0)
    parsed = column_type(typed) if typed is not None else None
    extras = [item.value for item in arguments]
    primary = call.flag("primary_key") is True
    key = next((item for item in extras if isinstance(item, ForeignKey)), None)
    default, default_text = _server_default(call, extras, primary, parsed)
    return Column(
        name=name,
        type=parsed,
        nullable=call.flag("nullable", default=not primary),
        default=default,
        default_text=default_text,
        primary_key=primary,
        foreign_key=None if key is None else key.target or "",
        unique=call.flag("unique") is True,
        index=call.flag("index") is True,
        span=span_of(call.node),
    )


def _server_default(
    call: Call, extras: list[object], primary: bool, parsed: ColumnType | None
) -> tuple[bool | None, str]:
    if any(isinstance(item, ServerFill) for item in extras):
        return True, "generated"
    given = call.keywords.get("server_default")
    if given is not None:
        return server_fills(given.value), ast.unparse(given.node)[:80]
    if primary and parsed is not None and parsed.family == "integer":
        return (call.flag("autoincrement", default=True) is not False), "serial"
    return (None if call.open else False), ""


def server_fills(value: object) -> bool | None:
    """Whether a server_default= puts a DEFAULT into the DDL."""
    if value is None:
        return False
    if isinstance(value, Symbol) and "FetchedValue" in value.path:
        return False
    return None if isinstance(value, Opaque) else True


def _enum(call: Call, native: bool = False) -> EnumValue:
    """sa.Enum(...) (or postgresql.ENUM with `native`)."""
    name = call.value(-1, "name")
    first = call.positional[0].value if call.positional else UNKNOWN
    values: tuple[str, ...] | None = None
    labels = [item.value for item in call.positional]
    texts = tuple(item for item in labels if isinstance(item, str))
    if texts and len(texts) == len(labels) and not call.open:
        values = texts
    elif isinstance(first, ClassValue) and first.is_enum:
        name = first.name.lower() if name is None else name
        members = (key for key, item in first.attributes.items() if not callable(item))
        known = not call.has("values_callable")
        values = tuple(key for key in members if not key.startswith("_")) if known else None
    elif isinstance(first, Symbol) and name is None and len(labels) == 1:
        name = first.last.lower()
    creates = call.flag("create_type", default=True)
    use = EnumUse(as_text(name), as_text(call.value(-1, "schema")), values, creates)
    is_native = True if native else call.flag("native_enum", default=True)
    return EnumValue(use, is_native, ast.unparse(call.node)[:160])


def _constraint(kind: str) -> Callable[[Call], Constraint]:
    def make(call: Call) -> Constraint:
        name = call.value(-1, "name")
        columns: tuple[str, ...] = ()
        if kind in ("unique", "primary"):
            columns = plain_names([item.value for item in call.positional])
        return Constraint(kind, as_text(name), columns, unnamed=name is None)

    return make


def _foreign(call: Call) -> Constraint:
    name = call.value(2, "name")
    remote = plain_names(call.value(1, "refcolumns"))
    return Constraint(
        "foreign",
        as_text(name),
        plain_names(call.value(0, "columns")),
        referent=referred_table(remote[0]) if remote else None,
        unnamed=name is None,
    )


def referred_table(target: str) -> str | None:
    """The table's bare name in "schema.table.column" (or "table.column", or "table")."""
    parts = target.split(".")
    return parts[-2] if len(parts) > 1 else target or None


def _foreign_key(call: Call) -> ForeignKey:
    return ForeignKey(as_text(call.value(0, "column")))


def _table(call: Call) -> TableValue:
    items = [item.value for item in call.positional[1:]]
    return TableValue(
        name=as_text(call.value(0, "name")),
        schema=as_text(call.value(-1, "schema")),
        columns=tuple(item for item in items if isinstance(item, Column)),
        constraints=tuple(item for item in items if isinstance(item, Constraint)),
    )


def _light_column(call: Call) -> Column:
    return Column(as_text(call.value(0, "text")), span=span_of(call.node))


def _index(call: Call) -> IndexValue:
    columns = [item.value for item in call.positional[1:]]
    table = call.value(-1, "_table")
    return IndexValue(
        as_text(call.value(0, "name")),
        plain_names(columns),
        table if isinstance(table, TableValue) else None,
    )


def _text(call: Call) -> object:
    value = call.value(0, "text")
    return SqlText(value) if isinstance(value, str | Partial) else UNKNOWN


def _fill(call: Call) -> ServerFill:
    return ServerFill(ast.unparse(call.node)[:80])


def _dml(kind: str) -> Callable[[Call], Dml]:
    def make(call: Call) -> Dml:
        return Dml(kind, as_table(call.value(0, "table")))

    return make


def as_table(value: object) -> TableValue | None:
    """A table or a mapped class as a table, None where it is neither."""
    if isinstance(value, TableValue):
        return value
    return mapped_table(value) if isinstance(value, ClassValue) else None


_NOT_TYPES = (ForeignKey, ServerFill, Constraint, Column)
_MAKERS: dict[str, Callable[[Call], object]] = {
    "Column": make_column,
    "Enum": _enum,
    "ENUM": _enum,
    "ForeignKey": _foreign_key,
    "Identity": _fill,
    "Computed": _fill,
    "PrimaryKeyConstraint": _constraint("primary"),
    "UniqueConstraint": _constraint("unique"),
    "CheckConstraint": _constraint("check"),
    "ExcludeConstraint": _constraint("exclude"),
    "ForeignKeyConstraint": _foreign,
    "Index": _index,
    "Table": _table,
    "table": _table,
    "column": _light_column,
    "text": _text,
    "insert": _dml("insert"),
    "update": _dml("update"),
    "delete": _dml("delete"),
}


def option(call: Call, name: str) -> bool | None:
    """A boolean keyword of an `op` call."""
    argument = call.argument(-1, name)
    if argument is None:
        return None if call.open else False
    return truth(argument.value)

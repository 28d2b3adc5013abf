"""SQLAlchemy's constructors: what sa.Column(...), sa.Enum(...), sa.UniqueConstraint(...) say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from opsmig_tui.review import volatility
from opsmig_tui.review.names import mapped_table
from opsmig_tui.review.operations import Column, ColumnType, Constraint
from opsmig_tui.review.run import Argument, Call, span_of
from opsmig_tui.review.schema_types import column_type, enum_value, type_value
from opsmig_tui.review.values import (
    UNKNOWN,
    ClassValue,
    Dml,
    ForeignKey,
    IndexValue,
    Opaque,
    Partial,
    ServerFill,
    SqlText,
    Symbol,
    TableValue,
    as_text,
    constant,
    plain_names,
    truth,
)
from opsmig_tui.review.written import written


def schema_value(symbol: Symbol, call: Call) -> object | None:
    """The value a SQLAlchemy constructor makes; None for anything it is not."""
    if "(" in symbol.path:
        return None
    maker = _MAKERS.get(symbol.last)
    if maker is None:
        return type_value(symbol, call)
    return maker(call) if symbol.last != "ENUM" else enum_value(call, native=True)


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
    default, default_text, fill = _server_default(call, extras, primary, parsed)
    return Column(
        name=name,
        type=parsed,
        nullable=call.flag("nullable", default=not primary),
        default=default,
        default_text=default_text,
        fill=fill,
        primary_key=primary,
        foreign_key=None if key is None else key.target or "",
        foreign_valid=key is None or key.valid,
        unique=call.flag("unique") is True,
        index=call.flag("index") is True,
        checked=any(isinstance(i, Constraint) and i.kind == "check" for i in extras),
        span=span_of(call.node),
    )


def _server_default(
    call: Call, extras: list[object], primary: bool, parsed: ColumnType | None
) -> tuple[bool | None, str, str]:
    """Whether there is one, as written, and `Column.fill`."""
    generated = next((item for item in extras if isinstance(item, ServerFill)), None)
    if generated is not None:
        return True, "generated", generated.fill
    given = call.keywords.get("server_default")
    if given is not None:
        fills = server_fills(given.value)
        text = default_as_written(given)
        if isinstance(given.value, ServerFill):
            return True, text, given.value.fill
        return fills, text, default_fill(given) if fills else ""
    if primary and parsed is not None and parsed.family == "integer":
        counts = call.flag("autoincrement", default=True) is not False
        return counts, "serial", "serial" if counts else ""
    return (None if call.open else False), "", ""


def default_as_written(given: Argument) -> str:
    return written(given.node)[:80]


def default_fill(given: Argument) -> str:
    """How the rows there are get this server_default=, as `Column.fill` has it."""
    value = given.value
    if isinstance(value, SqlText):
        return volatility.of_sql(value.text if isinstance(value.text, str) else value.text.text)
    if isinstance(value, Symbol):
        called = value.path.startswith("sqlalchemy")
        return volatility.of_function(written(given.node)) if called else ""
    # Anything that is no SQL becomes a quoted literal, whatever function it names.
    return "constant" if constant(value) or isinstance(value, Partial) else ""


def server_fills(value: object) -> bool | None:
    """Whether a server_default= puts a DEFAULT into the DDL."""
    if value is None:
        return False
    if isinstance(value, Symbol) and "FetchedValue" in value.path:
        return False
    return None if isinstance(value, Opaque) else True


def _constraint(kind: str) -> Callable[[Call], Constraint]:
    def make(call: Call) -> Constraint:
        name = call.value(-1, "name")
        columns: tuple[str, ...] = ()
        if kind in ("unique", "primary"):
            columns = plain_names([item.value for item in call.positional])
        made = Constraint(kind, as_text(name), columns, unnamed=name is None)
        return with_options(made, call, condition(call, 0) if kind == "check" else "")

    return make


def with_options(made: Constraint, call: Call, text: str = "") -> Constraint:
    """What the keywords that all constraints share say."""
    valid = call.flag("postgresql_not_valid")
    when = call.value(-1, "initially")
    deferred = None if when is UNKNOWN else isinstance(when, str) and when.upper() == "DEFERRED"
    return replace(
        made,
        valid=None if valid is None else not valid,
        deferrable=call.flag("deferrable") or deferred,
        deferred=deferred,
        text=text,
    )


def condition(call: Call, at: int) -> str:
    """A CHECK's condition: SQL where it is text, else the code."""
    given = call.argument(at, "sqltext", "condition")
    if given is None:
        return ""
    value = given.value.text if isinstance(given.value, SqlText) else given.value
    return value if isinstance(value, str) else written(given.node)[:400]


def _foreign(call: Call) -> Constraint:
    name = call.value(2, "name")
    remote = plain_names(call.value(1, "refcolumns"))
    parts = [target.split(".") for target in remote]
    made = Constraint(
        "foreign",
        as_text(name),
        plain_names(call.value(0, "columns")),
        referent=referred_table(remote[0]) if remote else None,
        unnamed=name is None,
        referent_schema=parts[0][-3] if parts and len(parts[0]) > 2 else None,
        referent_columns=tuple(part[-1] for part in parts if len(part) > 1),
    )
    return with_options(made, call)


def referred_table(target: str) -> str | None:
    """The table's bare name in "schema.table.column" (or "table.column", or "table")."""
    parts = target.split(".")
    return parts[-2] if len(parts) > 1 else target or None


def _foreign_key(call: Call) -> ForeignKey:
    made = with_options(Constraint("foreign"), call)
    return ForeignKey(as_text(call.value(0, "column")), made.valid, made.deferrable)


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


def _identity(call: Call) -> ServerFill:
    return ServerFill(written(call.node)[:80], "identity")


def _computed(call: Call) -> ServerFill:
    fill = "generated"  # STORED before PostgreSQL 18, and with SQLAlchemy 2.0 on any
    if call.has("persisted"):
        stored = call.flag("persisted")
        fill = "stored" if stored else "virtual" if stored is False else "generated"
        if call.value(-1, "persisted") is None:
            fill = "generated"
    return ServerFill(written(call.node)[:80], fill)


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
    "Enum": enum_value,
    "ENUM": enum_value,
    "ForeignKey": _foreign_key,
    "Identity": _identity,
    "Computed": _computed,
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
    "literal_column": _text,
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

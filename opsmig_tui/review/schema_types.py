"""SQLAlchemy's types: what sa.String(20), sa.Enum(...), sa.DateTime(timezone=True) say."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from opsmig_tui.review.operations import ColumnType, EnumUse
from opsmig_tui.review.run import Argument, Call
from opsmig_tui.review.types import family_of, type_name, typed
from opsmig_tui.review.values import (
    UNKNOWN,
    ClassValue,
    EnumValue,
    Symbol,
    TypeValue,
    as_text,
)
from opsmig_tui.review.written import written

_CLASS = re.compile(r"(\w+)\(")
_ZONED = {"DateTime": "timestamp", "TIMESTAMP": "timestamp", "Time": "time", "TIME": "time"}
# Not called: names that SQLAlchemy also gives to something else.
_NO_TYPES = frozenset({"text", "func"})


def type_value(symbol: Symbol, call: Call) -> TypeValue | None:
    """The value of a type's constructor; None for anything it is not."""
    name = symbol.last
    if name == "DOMAIN":
        return TypeValue(_domain(call))
    if name == "ARRAY":
        return TypeValue(_array(call))
    if name in _NO_TYPES or ".func." in symbol.path or not (type_name(name) or name in _ZONED):
        return None
    if name[0].islower():
        return None
    return TypeValue(_plain(name, call))


def _plain(name: str, call: Call) -> ColumnType:
    if name in _ZONED:
        zoned = call.flag("timezone", 0)
        precision = _number(call.value(1, "precision"))
        if zoned is None:
            return ColumnType("", family_of(name))
        zone = "with" if zoned else "without"
        return typed("", f"{_ZONED[name]} {zone} time zone", precision)
    if name in ("String", "VARCHAR", "Unicode", "CHAR", "NVARCHAR", "NCHAR", "BIT", "AutoString"):
        given, second = call.value(0, "length"), None
    elif name == "INTERVAL":
        given, second = call.value(0, "precision"), None
    elif name in ("Numeric", "NUMERIC", "DECIMAL", "Float", "FLOAT"):
        given = call.value(0, "precision")
        second = call.value(1, "scale") if "loat" not in name.lower() else None
    else:
        return typed("", name)
    if not all(item is None or isinstance(item, int) for item in (given, second)):
        return ColumnType("", family_of(name))
    return typed("", name, _number(given), _number(second))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _array(call: Call) -> ColumnType:
    item = call.argument(0, "item_type")
    name = column_type(item).name if item is not None else ""
    return ColumnType("", "array", name=f"{name}[]" if name else "")


def _domain(call: Call) -> ColumnType:
    name = as_text(call.value(0, "name"))
    base = call.argument(1, "data_type")
    checked = call.value(-1, "check")
    must = call.flag("not_null")
    constrained = True if must or isinstance(checked, str) else None
    if must is False and checked is None:
        constrained = False
    family = column_type(base).family if base is not None else ""
    return ColumnType("", family, name=name or "", constrained=constrained)


def column_type(argument: Argument) -> ColumnType:
    """The type given to a column or to alter_column(type_=...)."""
    value, node = argument.value, argument.node
    if isinstance(value, EnumValue):
        if value.native is False:
            return ColumnType(value.text, "string")
        return ColumnType(value.text, "enum", enum=value.use, name=value.use.name or "")
    text = written(node)[:120]
    if isinstance(value, TypeValue):
        return replace(value.type, text=text)
    if not isinstance(value, Symbol):
        return ColumnType(text, "")
    made = _CLASS.search(value.path)
    name = made.group(1) if made else value.last
    if made is None and value.path.startswith("sqlalchemy"):
        return typed(text, name)  # a class as it stands
    return ColumnType(text, family_of(name), _length(node))


def _length(node: ast.expr) -> int | None:
    """Of a type that nobody here knows: what is most likely its length."""
    if not isinstance(node, ast.Call):
        return None
    given: ast.expr | None = node.args[0] if node.args else None
    for keyword in node.keywords:
        if keyword.arg == "length":
            given = keyword.value
    if isinstance(given, ast.Constant) and isinstance(given.value, int):
        return given.value
    return None


def type_method(owner: TypeValue, name: str, call: Call) -> object:
    """``sa.JSON().with_variant(postgresql.JSONB(), "postgresql")``: PostgreSQL's is what counts."""
    if name == "with_variant" and call.positional:
        dialects = [item.value for item in call.positional[1:]]
        if not dialects and not call.has("dialect_name"):
            return owner
        variant = call.argument(0, "type_")
        if variant is not None and "postgresql" in dialects:
            return TypeValue(column_type(variant))
        return owner
    return UNKNOWN


def enum_value(call: Call, native: bool = False) -> EnumValue:
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
    return EnumValue(use, is_native, written(call.node)[:160])

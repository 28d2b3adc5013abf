"""Operations in words."""

from __future__ import annotations

from collections.abc import Callable

from opsmig_tui.review.operations import ColumnType, Operation, qualified

_SOME = "a table named at run time"


def sentence(item: Operation) -> str:
    """What one operation does: "adds column agreement.vendor_type"."""
    writer = _WRITERS.get(item.kind)
    return writer(item) if writer is not None else _raw(item)


def _table(item: Operation) -> str:
    return qualified(item.table, item.schema) if item.table is not None else _SOME


def _column(item: Operation) -> str:
    if item.column is None:
        return f"named at run time of {_table(item)}"
    owner = qualified(item.table, item.schema) if item.table is not None else "?"
    return f"{owner}.{item.column}"


def _name(item: Operation) -> str:
    """An enum type or another object that has a schema of its own."""
    return qualified(item.name, item.schema) if item.name is not None else "?"


def _columns(item: Operation) -> str:
    return f" ({', '.join(item.column_names)})" if item.column_names else ""


def _create_table(item: Operation) -> str:
    count = len(item.columns)
    size = f" ({count} column{'s' if count != 1 else ''})" if count and item.complete else ""
    return f"creates table {_table(item)}{size}"


def _add_column(item: Operation) -> str:
    column = item.columns[0]
    required = " NOT NULL" if column.nullable is False else ""
    return f"adds column {_column(item)}{required}"


def _alter_column(item: Operation) -> str:
    change = item.change
    parts = []
    if change is not None and change.type is not None:
        parts.append(f"changes {_column(item)} to {_type(change.type)}")
    if change is not None and change.nullable is not None:
        parts.append(f"makes {_column(item)} {'nullable' if change.nullable else 'NOT NULL'}")
    if change is not None and change.default:
        parts.append(f"changes the server default of {_column(item)}")
    if change is not None and change.comment:
        parts.append(f"changes the comment of {_column(item)}")
    return " and ".join(parts) or f"alters column {_column(item)}"


def _type(type_: ColumnType) -> str:
    """ "BigInteger" for "sa.BigInteger()": the module and empty brackets say nothing."""
    called, bracket, rest = type_.text.partition("(")
    arguments = "" if rest == ")" else f"{bracket}{rest}"
    return called.rsplit(".", 1)[-1] + arguments


def _rename_column(item: Operation) -> str:
    renamed = f"renames column {_column(item)} to {item.name or '?'}"
    if item.change is None or item.change.nothing:
        return renamed
    return f"{renamed} and {_alter_column(item)}"


def _create_index(item: Operation) -> str:
    unique = "unique " if item.unique else ""
    slowly = " concurrently" if item.concurrently else ""
    name = f" {item.name}" if item.name else ""
    return f"creates {unique}index{name} on {_table(item)}{_columns(item)}{slowly}"


def _drop_index(item: Operation) -> str:
    where = f" of {_table(item)}" if item.table else ""
    return f"drops index {item.name or '(unnamed)'}{where}"


_KINDS = {
    "foreign": "foreign key",
    "unique": "unique constraint",
    "primary": "primary key",
    "check": "check constraint",
    "exclude": "exclusion constraint",
}


def _create_constraint(item: Operation) -> str:
    what = _KINDS.get(item.object_type, "constraint")
    name = f" {item.name}" if item.name else ""
    target = item.constraint.referent if item.constraint is not None else None
    to = f" to {target}" if target else ""
    return f"adds {what}{name} on {_table(item)}{_columns(item)}{to}"


def _drop_constraint(item: Operation) -> str:
    what = _KINDS.get(item.object_type, "constraint")
    return f"drops {what} {item.name or '(unnamed)'} of {_table(item)}"


def _create_enum(item: Operation) -> str:
    if item.old_name is not None:
        return f"renames type {qualified(item.old_name, item.schema)} to {item.name or '?'}"
    values = f" ({', '.join(item.values)})" if item.values else ""
    return f"creates enum type {_name(item)}{values}"


def _enum_value(item: Operation) -> str:
    value = repr(item.values[0]) if item.values else "a value"
    verb = "adds" if item.kind == "add_enum_value" else "renames a value to"
    return f"{verb} {value} {'to' if verb == 'adds' else 'in'} enum type {_name(item)}"


def _object(item: Operation) -> str:
    verb = "creates" if item.kind == "create_object" else "drops"
    if item.table:  # a trigger or policy: the schema is its table's
        return f"{verb} {item.object_type} {item.name or '?'} on {_table(item)}"
    return f"{verb} {item.object_type or 'something'} {_name(item)}"


def _rows(item: Operation) -> str:
    verb = {"insert": "inserts rows into", "update": "updates", "delete": "deletes from"}[item.kind]
    if item.kind == "insert":
        return f"{verb} {_table(item)}"
    which = "some rows" if item.where else "all rows"
    of = f"{which} of {_table(item)}"
    columns = f" ({', '.join(item.column_names)})" if item.column_names else ""
    return f"{'updates' if item.kind == 'update' else 'deletes'} {of}{columns}"


def _raw(item: Operation) -> str:
    if item.kind == "raise":
        return "refuses to run"
    if item.kind == "data":
        return "changes rows"
    if item.kind == "commit":
        return f"runs {(item.object_type or 'commit').upper()}"
    if item.object_type == "call" or item.text.startswith("calls "):
        return item.text if item.text.startswith("calls ") else f"calls {item.text}"
    if item.text:
        return f"runs SQL: {shortened(item.text)}"
    return f"runs {item.object_type}" if item.object_type else "does something named at run time"


def shortened(text: str, most: int = 60) -> str:
    """The first words of a text, with an ellipsis where it was cut."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rsplit(" ", 1)[0] + "…"


_WRITERS: dict[str, Callable[[Operation], str]] = {
    "create_table": _create_table,
    "drop_table": lambda item: f"drops table {_table(item)}",
    "rename_table": lambda item: f"renames table {_table(item)} to {item.name or '?'}",
    "add_column": _add_column,
    "drop_column": lambda item: f"drops column {_column(item)}",
    "alter_column": _alter_column,
    "rename_column": _rename_column,
    "create_index": _create_index,
    "drop_index": _drop_index,
    "rename_index": lambda item: f"renames index {item.old_name or '?'} to {item.name or '?'}",
    "create_constraint": _create_constraint,
    "drop_constraint": _drop_constraint,
    "rename_constraint": lambda i: f"renames constraint {i.old_name or '?'} to {i.name or '?'}",
    "validate_constraint": lambda item: f"validates constraint {item.name or '?'}",
    "create_enum": _create_enum,
    "drop_enum": lambda item: f"drops type {_name(item)}",
    "add_enum_value": _enum_value,
    "rename_enum_value": _enum_value,
    "create_object": _object,
    "drop_object": _object,
    "insert": _rows,
    "update": _rows,
    "delete": _rows,
    "truncate": lambda item: f"deletes all rows of {_table(item)} (TRUNCATE)",
}

"""The inverse of an operation as source, from what its own call says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import place_of, source_of
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.places import Place
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    import libcst as cst

    from opsmig_tui.review.fixes.sheet import Sheet

_TYPES = {
    "unique": "unique",
    "foreign": "foreignkey",
    "primary": "primary",
    "check": "check",
}
_CHANGES = (
    ("type_", "existing_type"),
    ("nullable", "existing_nullable"),
    ("server_default", "existing_server_default"),
)


def invertible(subject: Subject, item: Operation) -> Place | None:
    """Where the operation stands, if its call says all that its inverse needs."""
    place = place_of(subject, item)
    plain = not item.is_sql and item.complete and not item.context.branch
    if place is None or not plain or item.context.dialect != "any" or item.nameless:
        return None
    given = {keyword.arg for keyword in place.call.keywords}
    if item.kind in ("create_table", "add_column", "rename_table"):
        return place
    if item.kind == "create_index":
        return place if item.name is not None else None
    if item.kind == "create_constraint":
        return place if item.name is not None and item.object_type in _TYPES else None
    if item.kind in ("alter_column", "rename_column"):
        told = all(old in given for new, old in _CHANGES if new in given)
        relaxed = "nullable" in given and "existing_nullable" not in given
        only = given & {"type_", "server_default", "comment"}
        simple = item.kind == "rename_column" and not given & {"type_", "nullable", "comment"}
        known = (told or (relaxed and not only)) and "comment" not in given
        return place if simple or known else None
    return None


def inverse(sheet: Sheet, item: Operation, place: Place) -> str:
    """Source that undoes the operation, in a batch of its own where the operation is in one."""
    call = sheet.call(place.call)
    code = _call(sheet, item, call, place.batch is not None)
    if place.batch is not None:
        header = ", ".join(sheet.with_items(place.batch))
        return f"with {header}:\n{sheet.style.indented(code)}"
    if item.context.autocommit:
        return f"{sheet.style.autocommit()}\n{sheet.style.indented(code)}"
    return code


def _call(sheet: Sheet, item: Operation, call: cst.Call, batch: bool) -> str:
    """The inverse call. In a batch the table is not among the arguments."""
    style, quoted = sheet.style, sheet.style.quoted
    owner = sheet.code(call.func).rpartition(".")[0] if batch else ""
    schema = source_of(sheet, call, -1, "schema", "source_schema")
    first = 0 if batch else 1

    def made(name: str, *arguments: str, **keywords: str | None) -> str:
        if batch:
            return style.call(f"{owner}.{name}", *arguments, **keywords)
        return style.op(name, *arguments, schema=schema, **keywords)

    table = [] if batch else [source_of(sheet, call, 0, "table_name") or quoted(item.table or "")]
    if item.kind == "create_table":
        return made("drop_table", *table)
    if item.kind == "rename_table":
        old = source_of(sheet, call, 0, "old_table_name") or quoted(item.table or "")
        new = source_of(sheet, call, 1, "new_table_name") or quoted(item.name or "")
        return made("rename_table", new, old)
    if item.kind == "add_column":
        return made("drop_column", *table, quoted(item.column or ""))
    if item.kind in ("create_index", "create_constraint"):
        name = source_of(sheet, call, 0, "index_name", "constraint_name") or quoted(item.name or "")
        owned = source_of(sheet, call, 1, "table_name", "source_table")
        if item.kind == "create_index":
            concurrent = "True" if item.concurrently else None
            guard = concurrent if style.guards else None
            return made(
                "drop_index", name, table_name=None if batch else owned, if_exists=guard,
                postgresql_concurrently=concurrent,
            )  # fmt: skip
        where = [] if batch else [owned or quoted(item.table or "")]
        return made("drop_constraint", name, *where, type_=quoted(_TYPES[item.object_type]))
    return made("alter_column", *_altered(sheet, item, call, table, first))


def _altered(
    sheet: Sheet, item: Operation, call: cst.Call, table: list[str], first: int
) -> list[str]:
    """The arguments of the alter_column() that undoes one."""
    quoted = sheet.style.quoted
    now = item.name if item.kind == "rename_column" else item.column
    arguments = [*table, quoted(now or "")]
    if item.kind == "rename_column":
        arguments.append(f"new_column_name={quoted(item.column or '')}")
    for new, old in _CHANGES:
        changed, was = source_of(sheet, call, -1, new), source_of(sheet, call, -1, old)
        if changed is None:
            if was is not None:
                arguments.append(f"{old}={was}")
            continue
        if was is None:  # NOT NULL set or dropped: the other is what it was
            was = "True" if changed == "False" else "False"
        elif new == "type_":
            arguments.append(f"existing_type={changed}")
        arguments.append(f"{new}={was}")
    return arguments

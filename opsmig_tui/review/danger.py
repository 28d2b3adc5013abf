"""What one direction of a migration would destroy: decides how much a confirmation asks for.

Not a review: here a doubt counts as destruction, there it stays unsaid.
"""

from __future__ import annotations

from opsmig_tui.review.migration import Migration
from opsmig_tui.review.operations import Direction, Operation, qualified, same_table

# A value of any other type of the family fits into these.
WIDEST_TYPES = ("BigInteger", "BIGINT", "Text", "TEXT")


def dangers(migration: Migration, direction: Direction) -> tuple[str, ...]:
    """A sentence for each operation that destroys data, or of which that cannot be excluded; ()
    when everything it does is additive. What the same direction created itself does not count."""
    operations = migration.operations(direction)
    found = []
    for index, item in enumerate(operations):
        reason = _reason(item)
        if reason and not _made_here(item, operations[:index]):
            found.append(reason)
    return tuple(dict.fromkeys(found))


def _made_here(item: Operation, earlier: tuple[Operation, ...]) -> bool:
    """Its table, or the columns it fills, were created before by the same direction."""
    for other in earlier:
        if item.table is None or not same_table(item, other):
            continue
        if other.kind == "create_table":
            return True
        if other.kind == "add_column" and item.column_names:
            made = {column.name for column in other.columns}
            if made.issuperset(item.column_names):
                return True
    return False


def _reason(item: Operation) -> str:
    table = qualified(item.table, item.schema) if item.table else "a table"
    match item.kind:
        case "drop_table":
            return f"drops table {table}"
        case "drop_column":
            return f"drops column {table}.{item.column or '?'}"
        case "truncate":
            return f"empties {table}"
        case "delete":
            return f"deletes rows of {table}"
        case "update" if not item.where:
            return f"overwrites {', '.join(item.column_names) or 'columns'} in every row of {table}"
        case "data":
            return f"changes rows (line {item.span.line})"
        case "alter_column" if item.change is not None and item.change.type is not None:
            text = item.change.type.text
            if text.split("(")[0].split(".")[-1] in WIDEST_TYPES:
                return ""
            return f"changes the type of {table}.{item.column or '?'} to {text}"
        case "drop_object" if item.object_type == "schema":
            return f"drops schema {item.name or '?'}"
    if item.cascade:
        return f"drops with CASCADE (line {item.span.line})"
    if item.opaque:
        return f"line {item.span.line} does what its text does not tell"
    return ""

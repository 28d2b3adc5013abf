"""What was proved about a table's rows before an operation."""

from __future__ import annotations

import re

from opsmig_tui.review.operations import Operation, same_table
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.transactions import together


def proved_not_null(subject: Subject, item: Operation) -> bool:
    """PostgreSQL knows that the column holds no NULL: a valid CHECK says so (from 12 on), or the
    column is NOT NULL already; or a constraint whose condition is not seen was validated."""
    column = item.column
    if column is None:
        return True  # which column is not known
    pattern = re.compile(rf'\b{re.escape(column)}"?\s+is\s+not\s+null', re.I)
    pending = list(together(subject.facts)) if item.context.direction == "upgrade" else []
    earlier = [*pending, *subject.earlier(item, "create_constraint", "validate_constraint")]
    seen, proved = set(), False
    for other in earlier:
        if not same_table(other, item):
            continue
        made = other.constraint
        if other.kind == "create_constraint" and made is not None:
            seen.add(other.name)
            about = pattern.search(made.text or other.text) or column in made.columns
            if made.kind in ("check", "not null") and about:
                proved = proved or made.valid is not False or _validated(other, earlier)
        elif other.kind == "validate_constraint" and other.name not in seen:
            proved = True  # made by an earlier revision: most likely for this
    return proved or _already(subject, item, column)


def _validated(made: Operation, operations: list[Operation]) -> bool:
    return any(
        other.kind == "validate_constraint" and same_table(other, made) and other.name == made.name
        for other in operations
    )


def may_restate(subject: Subject, item: Operation) -> bool:
    """The call changes the type or the name, and nobody tells whether the column was NOT NULL
    before: MySQL loses what is not said again, so that such calls say it."""
    change = item.change
    if change is None or change.existing_nullable is not None or item.is_sql:
        return False
    if change.type is None and item.kind != "rename_column":
        return False
    return item.column is not None and _nullable(subject, item, item.column) is None


def _already(subject: Subject, item: Operation, column: str) -> bool:
    return _nullable(subject, item, column) is False


def _nullable(subject: Subject, item: Operation, column: str) -> bool | None:
    """What the database has the column as now, if this is an upgrade on top of that."""
    if item.context.direction == "downgrade" or subject.facts.applied:
        return None
    table = table_facts(subject.facts, item.table, item.schema)
    columns = table.columns if table is not None else ()
    return next((found.nullable for found in columns if found.name == column), None)

"""Rules about NOT NULL on tables that hold rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation, same_table
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.rules.base import Example, Rule, column_of, flag, table_of
from opsmig_tui.review.rules.proofs import may_restate
from opsmig_tui.review.subject import Subject


def _no_default(subject: Subject) -> Iterator[Finding]:
    for item in subject.operations:
        if item.kind != "add_column" or subject.before(item).has_table(item):
            continue
        column = item.columns[0]
        if column.nullable is not False or column.default is not False:
            continue
        if subject.emptied(item) or subject.is_renamed(item):
            continue
        yield flag(
            "not-null-no-default",
            "error",
            item,
            f"Adds {column_of(item)} as NOT NULL without a server default.",
            "It fails on any table that holds rows; a default= in the model only counts for rows "
            "that Python inserts.",
            "Give it a server_default, or add it as nullable, fill it, then alter it to NOT NULL.",
        )


def _no_backfill(subject: Subject) -> Iterator[Finding]:
    for item in subject.operations:
        change = item.change
        if item.kind not in ("alter_column", "rename_column") or change is None:
            continue
        if change.nullable is not False or change.existing_nullable is False:
            continue
        if item.column is None or item.table is None or _filled(subject, item, item.column):
            continue
        if _left_not_null(subject, item):
            continue
        back = item.context.direction == "downgrade" and _relaxed(subject, item)
        again = not back and may_restate(subject, item)
        yield flag(
            "not-null-no-backfill",
            "note" if back or again else "error",
            item,
            f"Sets {column_of(item)} NOT NULL without filling its NULLs first.",
            "It fails as soon as one row holds a NULL"
            + (", which upgrade() allows from now on." if back else ".")
            if not again
            else "Unless the column is NOT NULL already, it fails as soon as one row holds a NULL.",
            f"Say existing_nullable=False, or before it run UPDATE {table_of(item)} SET "
            f"{item.column} = … WHERE {item.column} IS NULL."
            if again
            else f"Before it, run UPDATE {table_of(item)} SET {item.column} = … "
            f"WHERE {item.column} IS NULL.",
        )


def _left_not_null(subject: Subject, item: Operation) -> bool:
    """upgrade() leaves the column NOT NULL, so that downgrade() finds no NULL in it."""
    if item.context.direction == "upgrade":
        return False
    last = None
    for other in subject.migration.upgrade:
        if other.change is not None and other.change.nullable is not None:
            last = other if subject.same_column(other, item) else last
    return last is not None and last.change is not None and last.change.nullable is False


def _relaxed(subject: Subject, item: Operation) -> bool:
    """upgrade() allowed NULLs in this column: setting it back is the expected inverse."""
    return any(
        other.change is not None
        and other.change.nullable is True
        and subject.same_column(other, item)
        for other in subject.migration.upgrade
    )


def _filled(subject: Subject, item: Operation, column: str) -> bool:
    """No NULL can be left in the column, or what ran before is not known."""
    made = subject.before(item)
    if made.has_table(item) or subject.emptied(item):
        return True
    added = made.column(item, column)
    if added is not None and (
        added.columns[0].default is not False or added.columns[0].nullable is False
    ):
        return True
    if any(other.context.dialect != "other" for other in subject.earlier(item, "opaque", "data")):
        return True
    names = {column, *_older_names(subject, item)}
    for other in subject.earlier(item, "update", "delete"):
        if other.table != item.table:
            continue
        if names & set(other.column_names) or (other.kind == "delete" and other.where):
            return True
    return _checked(subject, item, column) or (added is None and _already(subject, item, column))


def _older_names(subject: Subject, item: Operation) -> Iterator[str]:
    for other in subject.earlier(item, "rename_column"):
        if same_table(other, item) and other.name == item.column and other.column is not None:
            yield other.column
    if item.kind == "rename_column" and item.name is not None:
        yield item.name


def _checked(subject: Subject, item: Operation, column: str) -> bool:
    """A CHECK (column IS NOT NULL) was validated before: PostgreSQL has proved there is none."""
    pattern = re.compile(rf"\b{re.escape(column)}\b.*is\s+not\s+null", re.I | re.S)
    return any(
        same_table(other, item)
        and (other.kind == "validate_constraint" or pattern.search(other.text) is not None)
        for other in subject.earlier(item, "validate_constraint", "create_constraint")
        if other.kind == "validate_constraint" or other.object_type == "check"
    )


def _already(subject: Subject, item: Operation, column: str) -> bool:
    """The database has the column as NOT NULL now, and this is an upgrade on top of that."""
    if item.context.direction == "downgrade":
        return False
    table = table_facts(subject.facts, item.table, item.schema)
    columns = table.columns if table is not None else ()
    return any(found.name == column and not found.nullable for found in columns)


RULES = (
    Rule(
        "not-null-no-default",
        "error",
        "correctness",
        "A NOT NULL column without a server default is added to a table that may hold rows: "
        "PostgreSQL has nothing to put into them and refuses. A server_default, Identity or "
        "Computed is fine; the model's Python-side default= does not count.",
        _no_default,
        fires=Example("""
op.add_column("a", sa.Column("b", sa.Text(), nullable=False))  #!
"""),
        silent=Example("""
op.add_column("a", sa.Column("b", sa.Text(), nullable=False, server_default="x"))
"""),
        source="PostgreSQL documentation: ALTER TABLE (ADD COLUMN); SQLAlchemy documentation: "
        "server_default",
    ),
    Rule(
        "not-null-no-backfill",
        "error",
        "correctness",
        "A column is set NOT NULL and nothing before it fills the NULLs. Not said after an UPDATE "
        "of the column, or when it was added with a server default; only a note in downgrade() "
        "where upgrade() had allowed NULLs, and where the call changes the column's type or "
        "name as well and so may only say NOT NULL again.",
        _no_backfill,
        fires=Example("""
op.alter_column("a", "b", nullable=False)  #!
"""),
        silent=Example("""
op.execute("UPDATE a SET b = 1 WHERE b IS NULL")
op.alter_column("a", "b", nullable=False)
"""),
        source="PostgreSQL documentation: ALTER TABLE (SET NOT NULL)",
    ),
)

"""Rules about statements that take or rewrite every row of a table."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation, same_table
from opsmig_tui.review.rules.base import Example, Rule, flag, table_of
from opsmig_tui.review.subject import Subject

DELETES, UPDATES = "truncate-or-delete-all", "update-all-rows"


def _delete_all(subject: Subject) -> Iterator[Finding]:
    for item in subject.operations:
        whole = item.kind == "truncate" or (item.kind == "delete" and not item.where)
        if not whole or _unread(item) or subject.before(item).has_table(item):
            continue
        if _moved(subject, item) or _dropped_later(subject, item) or _own(subject, item):
            continue
        verb = "Truncates" if item.kind == "truncate" else "Deletes every row of"
        along = " and every table that references it" if item.cascade else ""
        locked = "; TRUNCATE also locks out every query" if item.kind == "truncate" else ""
        yield flag(
            DELETES,
            "error",
            item,
            f"{verb} {table_of(item)}{along}.",
            f"The rows are gone for good once it commits{locked}.",
            "Say with WHERE which rows may go, and delete them in batches.",
        )


def _unread(item: Operation) -> bool:
    """The table, or a part of the SQL that may hold the WHERE, is put together at run time."""
    return item.table is None or "…" in item.text


def _moved(subject: Subject, item: Operation) -> bool:
    """The rows were copied into another table before."""
    return any(other.old_name == item.table for other in subject.earlier(item, "insert"))


def _dropped_later(subject: Subject, item: Operation) -> bool:
    """The table itself goes afterwards, which is said there."""
    return any(
        other.kind == "drop_table" and other.order > item.order and same_table(other, item)
        for other in subject.on_table(item.context.direction, item.table)
    )


def _own(subject: Subject, item: Operation) -> bool:
    """downgrade() empties a table that upgrade() creates."""
    down = item.context.direction == "downgrade"
    return down and subject.created("upgrade").made_table(item.table, item.schema)


def _update_all(subject: Subject) -> Iterator[Finding]:
    for item in subject.operations:
        if item.kind != "update" or item.where or _unread(item):
            continue
        if subject.before(item).has_table(item) or _own(subject, item) or _fills(subject, item):
            continue
        yield flag(
            UPDATES,
            "warning",
            item,
            f"Updates every row of {table_of(item)} at once.",
            "Each row stays locked until the migration commits, and its old version bloats the "
            "table.",
            "Leave out with WHERE what is right already, and go in batches that commit.",
        )


def _fills(subject: Subject, item: Operation) -> bool:
    """It sets nothing but columns that are new: no row is right already."""
    made = subject.before(item)
    names = item.column_names
    return bool(names) and all(made.column(item, name) is not None for name in names)


RULES = (
    Rule(
        DELETES,
        "error",
        "data-loss",
        "TRUNCATE, or DELETE without WHERE, on a table that exists: every row is gone. TRUNCATE "
        "takes ACCESS EXCLUSIVE, and with CASCADE empties the tables that reference it too. Not "
        "said of a table of the same revision, nor when its rows were copied elsewhere before or "
        "the table is dropped after.",
        _delete_all,
        fires=Example("""op.execute("DELETE FROM a")  #!"""),
        silent=Example("""op.execute("DELETE FROM a WHERE b IS NULL")"""),
        source="PostgreSQL documentation: TRUNCATE, DELETE",
    ),
    Rule(
        UPDATES,
        "warning",
        "data-loss",
        "An UPDATE without WHERE writes every row of a table that exists: the rows stay locked "
        "until commit, and the table grows by as much as it held. Not said of columns that the "
        "same revision adds, for which there is no other way to be filled.",
        _update_all,
        fires=Example("""op.execute("UPDATE a SET b = 1")  #!"""),
        silent=Example("""op.execute("UPDATE a SET b = 1 WHERE b IS NULL")"""),
        source="PostgreSQL documentation: UPDATE, Routine Vacuuming",
    ),
)

"""Rules about application code that runs on while the migration is applied."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation, same_table
from opsmig_tui.review.rules.base import Example, Rule, column_of, flag, table_of
from opsmig_tui.review.subject import Subject

RENAME = "rename-breaks-app"


def _rename(subject: Subject) -> Iterator[Finding]:
    taken = _names_taken(subject)
    for item in subject.migration.upgrade:
        if item.context.dialect == "other" or item.name is None:
            continue
        if item.kind == "rename_table" and item.table not in (None, item.name):
            if subject.before(item).has_table(item) or _name_lives_on(subject, item, taken):
                continue
            what = f"table {table_of(item)}"
            remedy = f"Leave a view {item.table} over it until no code asks for that name."
        elif item.kind == "rename_column" and item.column not in (None, item.name):
            if subject.before(item).has_column(item, item.column) or _kept(subject, item):
                continue
            what = column_of(item)
            remedy = (
                "Add the new column, write both, move the rows over, and drop the old one a "
                "release later."
            )
        else:
            continue
        yield flag(
            RENAME,
            "warning",
            item,
            f"Renames {what} to {item.name} while code may run that uses the old name.",
            "From the commit on, every query of the running release that names it fails.",
            remedy,
        )


def _names_taken(subject: Subject) -> set[str | None]:
    """Names that a view, a new table or another one's rename takes in upgrade()."""
    up = subject.migration.upgrade
    made = {item.name for item in up if item.kind in ("create_object", "rename_table")}
    return made | {item.table for item in up if item.kind == "create_table"}


def _name_lives_on(subject: Subject, item: Operation, taken: set[str | None]) -> bool:
    """Something else takes the old name, as in a swap; or the table is kept only to be dropped."""
    return item.table in taken or any(
        other.kind == "drop_table" and other.order > item.order
        for other in subject.on_table("upgrade", item.name)
    )


def _kept(subject: Subject, item: Operation) -> bool:
    """A column of the old name is there afterwards, too."""
    return any(
        same_table(other, item)
        and item.column == {"add_column": other.column, "rename_column": other.name}.get(other.kind)
        for other in subject.on_table("upgrade", item.table)
    )


RULES = (
    Rule(
        RENAME,
        "warning",
        "correctness",
        "A table or column that exists is renamed in place: code of the running release asks for "
        "the old name until it is replaced. Not said in downgrade(), nor when a view or another "
        "table takes the old name in the same revision.",
        _rename,
        fires=Example(
            """op.rename_table("a", "b")  #!""",
            """op.rename_table("b", "a")""",
        ),
        silent=Example(
            """
            op.rename_table("a", "b")
            op.execute("CREATE VIEW a AS SELECT * FROM b")
            """
        ),
        source="PostgreSQL documentation: ALTER TABLE (RENAME); Fowler and Sadalage, Evolutionary "
        "Database Design (expand and contract)",
    ),
)

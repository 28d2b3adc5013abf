"""Rules about columns that get another type."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.column_types import narrowed, needs_using, type_before
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import ColumnType, Operation
from opsmig_tui.review.rules.base import Example, Rule, column_of, flag
from opsmig_tui.review.subject import Subject

NARROWING, CAST = "narrowing-type", "cast-without-using"


def _changes(subject: Subject) -> Iterator[tuple[Operation, ColumnType, ColumnType]]:
    """Each change of type of a column that may hold values, with the type before and after."""
    for item in subject.operations:
        new = item.change.type if item.change is not None else None
        if new is None or item.column is None or not subject.locks(item):
            continue
        if subject.before(item).has_table(item):
            continue
        old = type_before(subject, item)
        if old is not None:
            yield item, old, new


def _narrowing(subject: Subject) -> Iterator[Finding]:
    for item, old, new in _changes(subject):
        words = narrowed(old, new)
        if words is None or _undoes(subject, item) or _made_to_fit(subject, item):
            continue
        yield flag(
            NARROWING,
            "error",
            item,
            f"Narrows {column_of(item)}: {words}.",
            "It rewrites the table under ACCESS EXCLUSIVE, and one value that does not fit makes "
            "it fail or is cut off."
            if new.family != "decimal"
            else "It rewrites the table under ACCESS EXCLUSIVE, rounds what has more decimals, "
            "and fails on a number that is too large.",
            "Check what the column holds and make it fit with an UPDATE first.",
        )


def _undoes(subject: Subject, item: Operation) -> bool:
    """downgrade() giving back the type that upgrade() changed."""
    return item.context.direction == "downgrade" and any(
        other.change is not None and other.change.type and subject.same_column(other, item)
        for other in subject.migration.upgrade
    )


def _made_to_fit(subject: Subject, item: Operation) -> bool:
    """Values of the column were changed or deleted before, or what ran before is not known."""
    if subject.emptied(item) or subject.before(item).column(item, item.column) is not None:
        return True
    for other in subject.earlier(item, "update", "delete", "data", "undecided"):
        if other.kind in ("data", "undecided") or other.table is None:
            return True
        if other.table == item.table and (
            other.kind == "delete" or not other.complete or item.column in other.column_names
        ):
            return True
    return False


def _cast(subject: Subject) -> Iterator[Finding]:
    for item, old, new in _changes(subject):
        change = item.change
        if change is None or change.using or not item.complete or not needs_using(old, new):
            continue
        cast = new.name or new.text
        yield flag(
            CAST,
            "error",
            item,
            f"Changes {column_of(item)} from {old.text or old.name} to {new.text or new.name} "
            "without USING.",
            "PostgreSQL does not cast the one to the other by itself and refuses: "
            "DatatypeMismatch.",
            f'Say how: postgresql_using="{item.column}::{cast}".'
            if not item.is_sql
            else f"Say how: … USING {item.column}::{cast}.",
        )


_NAME = 'op.alter_column("a", "b", existing_type=sa.String({}), type_=sa.String({}))'
_NUMBER = 'op.alter_column("a", "b", existing_type=sa.String(9), type_=sa.Integer(){})'

RULES = (
    Rule(
        NARROWING,
        "error",
        "data-loss",
        "A column gets a type that holds less: a shorter varchar, a smaller integer, a numeric "
        "with fewer digits before or after the point. The table is rewritten, and values that do "
        "not fit make it fail (text, integers) or are rounded (decimals). Not said in downgrade() "
        "of what upgrade() widened, nor after an UPDATE of the column.",
        _narrowing,
        fires=Example(f"{_NAME.format(50, 20)}  #!"),
        silent=Example(_NAME.format(20, 50)),
        source="PostgreSQL documentation: ALTER TABLE (SET DATA TYPE), Numeric Types, Character "
        "Types; measured",
    ),
    Rule(
        CAST,
        "error",
        "correctness",
        "A column's type changes to one that PostgreSQL has no automatic cast to, such as text to "
        "integer, and no USING says how: the statement is refused even on an empty table.",
        _cast,
        fires=Example(f"{_NUMBER.format('')}  #!"),
        silent=Example(_NUMBER.format(', postgresql_using="b::integer"')),
        source="PostgreSQL documentation: ALTER TABLE (USING), catalog pg_cast; measured on 15 "
        "and 18",
    ),
)

"""Rules about drops that take more along than they name, or guard less than before."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation, same_table
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.rules.base import Example, Rule, flag, table_of
from opsmig_tui.review.subject import Subject

CASCADE, UNREPLACED = "drop-cascade", "drop-constraint-unreplaced"
_KINDS = {"unique": "unique constraint", "foreign": "foreign key", "primary": "primary key"}


def _cascade(subject: Subject) -> Iterator[Finding]:
    for item in subject.operations:
        if not item.cascade or not item.kind.startswith("drop_") or not subject.locks(item):
            continue
        if subject.before(item).has_table(item) or _undoes(subject, item):
            continue
        yield flag(
            CASCADE,
            "error",
            item,
            f"Drops {_dropped(item)} with CASCADE.",
            "CASCADE removes whatever depends on it, which nobody named: views, keys, and with a "
            "type the columns of that type.",
            "Drop by name what depends on it, and leave CASCADE out.",
        )


def _dropped(item: Operation) -> str:
    if item.kind == "drop_table":
        return f"table {table_of(item)}"
    if item.kind == "drop_column":
        return f"column {table_of(item)}.{item.column}"
    what = item.object_type or item.kind.partition("_")[2].replace("enum", "type")
    return f"{what} {item.name or 'named at run time'}"


def _undoes(subject: Subject, item: Operation) -> bool:
    """What goes is of this revision: made in upgrade() and dropped in downgrade(), or before."""
    made = ("create_object", "create_enum")
    if any(other.name == item.name for other in subject.earlier(item, *made)) and item.name:
        return True
    if item.context.direction == "upgrade":
        return False
    if item.kind in ("drop_table", "drop_column"):
        return subject.undoes_own(item)
    up = subject.migration.upgrade
    if subject.migration.opaque_upgrade or item.name is None:
        return True
    if subject.created("upgrade").has_enum(item.name, len(up)):
        return True
    return any(
        other.name == item.name
        for kind in (*made, "create_constraint")
        for other in subject.of_kind("upgrade", kind)
    )


def _unreplaced(subject: Subject) -> Iterator[Finding]:
    up = subject.migration.upgrade
    if any(item.opaque and item.context.dialect != "other" for item in up):
        return
    for item in up:
        if (
            item.kind != "drop_constraint"
            or item.unnamed
            or item.cascade
            or item.context.dialect == "other"
        ):
            continue
        if item.table is None or subject.before(item).has_table(item):
            continue
        if not _is_replaced(subject, item):
            what = _KINDS.get(item.object_type, "constraint")
            yield flag(
                UNREPLACED,
                "warning",
                item,
                f"Drops {what} {item.name} of {table_of(item)} and puts nothing in its place.",
                "From then on the database takes rows that break the rule"
                + (
                    "; dropping a foreign key also locks both tables."
                    if item.object_type == "foreign"
                    else "."
                ),
                "Put its replacement into the same revision, or say in the message why the rule "
                "no longer holds.",
            )


def _is_replaced(subject: Subject, drop: Operation) -> bool:
    """Something in upgrade() takes its place, or what it was about goes or changes as well."""
    kind = drop.object_type or _kind_of(subject, drop)
    if kind in ("foreign", "") and subject.of_kind("upgrade", "drop_table"):
        return True  # the table it points to may be that one
    if any(item.name == drop.table for item in subject.of_kind("upgrade", "rename_table")):
        return True
    for item in subject.on_table("upgrade", drop.table):
        if not same_table(item, drop):
            continue
        if item.kind in ("drop_column", "drop_table", "rename_table"):
            return True
        if item.kind == "create_constraint" and _same_kind(kind, item.object_type):
            return True
        if item.kind == "create_index" and item.unique and kind in ("unique", "primary", ""):
            return True
        if item.kind == "add_column" and _guards(kind, item):
            return True
        # A check may stand for what the column's new type or NOT NULL says by itself.
        if item.kind in ("alter_column", "rename_column") and kind in ("check", ""):
            return True
    return False


def _same_kind(left: str, right: str) -> bool:
    keys = ("unique", "primary", "exclude")
    return not left or not right or left == right or (left in keys and right in keys)


def _guards(kind: str, item: Operation) -> bool:
    column = item.columns[0]
    if kind in ("foreign", "") and column.foreign_key is not None:
        return True
    return kind in ("unique", "primary", "") and (column.unique or column.primary_key)


def _kind_of(subject: Subject, drop: Operation) -> str:
    """What kind of constraint SQL drops, as downgrade() makes it again or the database has it."""
    for item in subject.on_table("downgrade", drop.table):
        if item.kind == "create_constraint" and item.name == drop.name:
            return item.object_type
    table = table_facts(subject.facts, drop.table, drop.schema)
    for fact in table.constraints if table is not None else ():
        if fact.name == drop.name:
            return fact.kind
    return ""


RULES = (
    Rule(
        CASCADE,
        "error",
        "data-loss",
        "A DROP … CASCADE in SQL removes every object that depends on what is dropped, none of "
        "them named: DROP TYPE … CASCADE drops columns. Not said of what the same revision "
        "creates.",
        _cascade,
        fires=Example("""op.execute("DROP TYPE kind CASCADE")  #!"""),
        silent=Example("""op.execute("DROP TYPE kind")"""),
        source="PostgreSQL documentation: Dependency Tracking, DROP TYPE",
    ),
    Rule(
        UNREPLACED,
        "warning",
        "data-loss",
        "upgrade() drops a constraint and neither makes one of its kind on that table nor drops "
        "or retypes what it was about: rows that break it can come in from then on. Dropping a "
        "foreign key takes ACCESS EXCLUSIVE on both tables.",
        _unreplaced,
        fires=Example(
            """op.drop_constraint("uq_a_b", "a", type_="unique")  #!""",
            """op.create_unique_constraint("uq_a_b", "a", ["b"])""",
        ),
        silent=Example(
            """
            op.drop_constraint("uq_a_b", "a", type_="unique")
            op.create_unique_constraint("uq_a_b_c", "a", ["b", "c"])
            """
        ),
        source="PostgreSQL documentation: ALTER TABLE (DROP CONSTRAINT); locks measured on 15 "
        "and 18",
    ),
)

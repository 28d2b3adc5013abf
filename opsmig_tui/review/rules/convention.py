"""Rules from the project's own conventions: companion tables, and migrations that can be re-run."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Facts, NotChecked
from opsmig_tui.review.operations import Operation, qualified
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.rules.base import Example, Rule, Verdict, column_of, flag, table_of
from opsmig_tui.review.subject import Subject

TABLE, COLUMN, GUARD = "companion-table-missing", "companion-column-missing", "no-existence-guard"


def _companion_table(subject: Subject) -> Iterator[Verdict]:
    creates = [item for item in subject.migration.upgrade if item.kind == "create_table"]
    if not creates:
        return
    companions = subject.facts.companions
    if companions is None:
        yield NotChecked(TABLE, subject.facts.no_models_reason)
        return
    if subject.migration.opaque_upgrade:
        return
    for item in creates:
        companion = companions.get(item.table or "")
        if item.table is None or companion is None or _exists(subject, companion):
            continue
        if not _is_copy(subject, item.table, companion):
            continue
        lacking = qualified(companion, item.schema)
        yield flag(
            TABLE,
            "error",
            item,
            f"Creates {table_of(item)} without its companion table {lacking}.",
            f"The model is versioned: while {lacking} is missing, every change of a row fails.",
            f"Create {lacking} in the same revision.",
        )


def _exists(subject: Subject, table: str) -> bool:
    facts = subject.facts
    return (
        subject.created("upgrade").made_table(table)
        or table in (facts.known_tables or ())
        or table_facts(facts, table, None) is not None
    )


def companion_of(subject: Subject, table: str) -> str | None:
    """The companion of a table, as the models tell or, failing them, the database's names."""
    facts = subject.facts
    if facts.companions is not None:
        found = facts.companions.get(table)
    else:
        tables = facts.database.tables if facts.database is not None else ()
        there = {item.name for item in tables}
        likely = [table + end for end in facts.companion_suffixes if end and table + end in there]
        found = likely[0] if likely else None
    return found if found is not None and _is_copy(subject, table, found) else None


def _is_copy(subject: Subject, table: str, companion: str) -> bool:
    """The companion holds most of the table's columns, or nothing tells what it holds: a
    "model_version" may as well be a thing of its own."""
    for tables in (
        subject.facts.database.tables if subject.facts.database is not None else (),
        subject.facts.models.tables if subject.facts.models is not None else (),
    ):
        columns = {item.name: {column.name for column in item.columns} for item in tables}
        own, copied = columns.get(table), columns.get(companion)
        if own and copied:
            return len(own & copied) * 2 >= len(own)
    return True


def _companion_column(subject: Subject) -> Iterator[Verdict]:
    if subject.migration.opaque_upgrade:
        return
    if subject.facts.companions is None and subject.facts.database is None:
        if any(_column_change(item) for item in subject.migration.upgrade):
            yield NotChecked(COLUMN, subject.facts.no_models_reason)
        return
    for item in subject.migration.upgrade:
        verb = _column_change(item)
        if verb is None or item.table is None or item.column is None:
            continue
        companion = companion_of(subject, item.table)
        if companion is None or subject.before(item).has_table(item):
            continue
        if any(_mirrors(other, item) for other in subject.on_table("upgrade", companion)):
            continue
        if subject.created("upgrade").made_table(companion):
            continue
        there = qualified(companion, item.schema)
        yield flag(
            COLUMN,
            "error",
            item,
            f"{verb} {column_of(item)} but not {there}.{item.column}.",
            f"Rows are copied to {there}: the first change of a row fails when the columns differ.",
            f"Do the same to {there}, in both directions.",
        )


def _column_change(item: Operation) -> str | None:
    """What happens to the column, if its companion has to follow."""
    if item.kind == "alter_column":
        # NOT NULL and defaults are the table's own affair; a type has to fit.
        return "Changes the type of" if item.change is not None and item.change.type else None
    verbs = {"add_column": "Adds", "drop_column": "Drops", "rename_column": "Renames"}
    return verbs.get(item.kind)


def _mirrors(other: Operation, item: Operation) -> bool:
    if other.kind in ("drop_table", "rename_table"):
        return True
    return other.kind == item.kind and other.column == item.column and other.name == item.name


def _no_guard(subject: Subject) -> Iterator[Verdict]:
    for item in subject.operations:
        if item.context.guarded or not subject.locks(item) or subject.before(item).has_table(item):
            continue
        if item.context.autocommit:
            yield from _unguarded_in_autocommit(subject, item)
        elif item.kind in ("create_index", "drop_index") and not _is_inverse(subject, item):
            if item.guard is not False or item.concurrently is True or item.unnamed:
                continue
            option = "if_not_exists" if item.kind == "create_index" else "if_exists"
            verb = "Creates" if item.kind == "create_index" else "Drops"
            yield flag(
                GUARD,
                "note",
                item,
                f"{verb} index {item.name or ''} without asking whether it is there.",
                "A run that was half done by hand or by another branch cannot be repeated.",
                f"Pass {option}=True.",
            )


def _is_inverse(subject: Subject, item: Operation) -> bool:
    """downgrade() undoing what upgrade() certainly did: there is nothing to ask."""
    return item.context.direction == "downgrade" and any(
        other.kind in ("create_index", "drop_index") and other.name == item.name
        for other in subject.migration.upgrade
    )


_REPEATABLE = {
    "add_column": "add a column",
    "drop_column": "drop a column",
    "create_table": "create a table",
    "drop_table": "drop a table",
    "add_enum_value": "add an enum value",
    "drop_index": "drop an index",
    "create_constraint": "add a constraint",
    "drop_constraint": "drop a constraint",
    "create_enum": "create a type",
    "drop_enum": "drop a type",
}


def _unguarded_in_autocommit(subject: Subject, item: Operation) -> Iterator[Verdict]:
    """Inside an autocommit_block each statement stays, so a failure leaves the rest to a re-run."""
    if item.kind == "create_index":
        if not _dropped_before(subject, item) and item.guard is not None:
            yield flag(
                GUARD,
                "warning",
                item,
                f"Builds index {item.name or ''} in an autocommit_block with no drop before it."
                if not item.guard
                else f"Builds index {item.name or ''} with IF NOT EXISTS alone.",
                "A concurrent build that fails leaves an invalid index behind: the next run fails "
                "on it."
                if not item.guard
                else "A concurrent build that fails leaves an invalid index behind: IF NOT EXISTS "
                "then passes over it as if all were well.",
                "Before it, drop the index with if_exists=True, postgresql_concurrently=True.",
            )
    elif item.kind in _REPEATABLE and item.guard is False:
        option = "IF NOT EXISTS" if item.kind.startswith(("add", "create")) else "IF EXISTS"
        yield flag(
            GUARD,
            "warning",
            item,
            f"Inside an autocommit_block, this cannot {_REPEATABLE[item.kind]} twice.",
            "What was committed before a failure stays, and the next run stumbles over it.",
            f"Guard it with {option}.",
        )


def _dropped_before(subject: Subject, item: Operation) -> bool:
    return any(
        other.opaque or (other.name == item.name and other.guard is not False)
        for other in subject.earlier(item, "drop_index", "opaque")
    )


_COMPANIONS = Facts(companions={"a": "a_history"})
_TABLE = 'op.create_table("{}", sa.Column("id", sa.Integer()))'
_COLUMN = 'op.add_column("{}", sa.Column("b", sa.Text()))'

RULES = (
    Rule(
        TABLE,
        "error",
        "convention",
        "A versioned model's table is created without its companion (history) table. Which models "
        "are versioned is read from the models: a table with one of the companion suffixes.",
        _companion_table,
        fires=Example(f"{_TABLE.format('a')}  #!", facts=_COMPANIONS),
        silent=Example(f"{_TABLE.format('a')}\n{_TABLE.format('a_history')}", facts=_COMPANIONS),
        source="SQLAlchemy documentation: Versioning with a History Table; SQLAlchemy-Continuum",
    ),
    Rule(
        COLUMN,
        "error",
        "convention",
        "A column of a versioned table is added, dropped, renamed or retyped, and its companion "
        "table is not: copying a row to it then fails.",
        _companion_column,
        fires=Example(f"{_COLUMN.format('a')}  #!", facts=_COMPANIONS),
        silent=Example(f"{_COLUMN.format('a')}\n{_COLUMN.format('a_history')}", facts=_COMPANIONS),
        source="SQLAlchemy documentation: Versioning with a History Table; SQLAlchemy-Continuum",
    ),
    Rule(
        GUARD,
        "note",
        "convention",
        "An index is created or dropped without IF [NOT] EXISTS (a note), or anything is done in "
        "an autocommit_block that a second run stumbles over (a warning). IF NOT EXISTS alone is a "
        "trap for concurrent builds: it succeeds on an invalid index.",
        _no_guard,
        fires=Example("""
op.create_index("ix_a_b", "a", ["b"])  #!
"""),
        silent=Example("""
op.create_index("ix_a_b", "a", ["b"], if_not_exists=True)
"""),
        source="PostgreSQL documentation: CREATE INDEX, Building Indexes Concurrently",
    ),
)

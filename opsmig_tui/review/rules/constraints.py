"""Constraints and indexes that are called otherwise in the models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from opsmig_tui.review.model import NotChecked
from opsmig_tui.review.operations import Operation, Span
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.rules.base import Example, Rule, Verdict, flag, listed
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import ConstraintFacts, TableFacts

RENAMED = "constraint-renamed"
_COMPARED = ("unique", "foreign", "primary", "index")
_SPECIAL = re.compile(
    r"\b(WHERE|INCLUDE|DEFERRABLE|NULLS|DESC|COLLATE)\b|USING (?!btree)", re.IGNORECASE
)
_KINDS = {"unique": "unique constraint", "foreign": "foreign key", "primary": "primary key"}


@dataclass(frozen=True)
class _Renamed:
    """`schema` is "ops." or nothing."""

    kind: str
    table: str
    old: str
    new: str
    schema: str = ""


def _constraint_renamed(subject: Subject) -> Iterator[Verdict]:
    yield from _renamed_here(subject)
    facts = subject.facts
    if not facts.is_last_pending:
        return
    if facts.models is None or facts.database is None:
        reason = facts.no_models_reason if facts.models is None else facts.no_database_reason
        yield NotChecked(RENAMED, reason)
        return
    if not subject.on_postgresql or subject.migration.opaque_upgrade:
        return
    touched = {name for op in subject.migration.upgrade for name in (op.name, op.old_name)}
    found = [
        item
        for table in facts.models.tables
        for item in _differences(table, table_facts(facts, table.name, table.schema))
        if item.old not in touched and item.new not in touched
    ]
    if found:
        names = listed(f"{item.old} ({item.new} in the models)" for item in found)
        first = found[0]
        yield flag(
            RENAMED,
            "warning",
            subject.migration.function_span("upgrade") or Span(1),
            f"{_counted(len(found))} another name in the database than in the models: {names}.",
            "Autogenerate says nothing about a foreign key's name, and later drops by the models' "
            "name fail.",
            f"Rename it: {_statement(first)}.",
        )


def _counted(count: int) -> str:
    return "One constraint has" if count == 1 else f"{count} constraints have"


def _statement(item: _Renamed) -> str:
    if item.kind == "index":
        return f"ALTER INDEX {item.schema}{item.old} RENAME TO {item.new}"
    return f"ALTER TABLE {item.schema}{item.table} RENAME CONSTRAINT {item.old} TO {item.new}"


def _differences(model: TableFacts, there: TableFacts | None) -> Iterator[_Renamed]:
    if there is None:
        return
    for item in model.constraints:
        if item.kind not in _COMPARED or item.name is None or not item.columns:
            continue
        same = _alike(item, there.constraints)
        if item.name in {other.name for other in there.constraints} or len(same) != 1:
            continue
        if len(_alike(item, model.constraints)) != 1 or same[0].name is None:
            continue
        schema = f"{there.schema}." if there.schema else ""
        yield _Renamed(item.kind, model.name, same[0].name, item.name, schema)


def _alike(item: ConstraintFacts, others: Iterable[ConstraintFacts]) -> list[ConstraintFacts]:
    return [
        other
        for other in others
        if (other.kind, other.columns) == (item.kind, item.columns)
        and _is_unique(other) == _is_unique(item)
    ]


def _is_unique(item: ConstraintFacts) -> bool:
    return item.kind == "index" and "UNIQUE" in item.definition.upper()


def _renamed_here(subject: Subject) -> Iterator[Verdict]:
    """A drop and a create over the same columns that differ in the name alone."""
    for drop in subject.migration.upgrade:
        old = _definition(subject, drop)
        if old is None or drop.name is None or not subject.locks(drop):
            continue
        for made in subject.on_table("upgrade", drop.table):
            if made.name not in (None, drop.name) and _shape(made) == old:
                is_index = made.kind == "create_index"
                item = _Renamed(
                    "index" if is_index else made.object_type,
                    drop.table or "",
                    drop.name,
                    made.name or "",
                    f"{drop.schema}." if drop.schema else "",
                )
                what = _KINDS.get(made.object_type, "index")
                yield flag(
                    RENAMED,
                    "warning",
                    drop,
                    f"Drops {what} {drop.name} and builds the same again as {made.name}.",
                    "Only the name differs: building it anew locks the table for nothing.",
                    f"Rename it: {_statement(item)}.",
                )
                break


@dataclass(frozen=True)
class _Shape:
    """All of an index or constraint but its name."""

    kind: str
    object_type: str
    columns: tuple[str, ...]
    unique: bool = False
    referent: str | None = None
    options: frozenset[str] = frozenset()


def _shape(item: Operation) -> _Shape | None:
    if item.kind not in ("create_index", "create_constraint") or not item.column_names:
        return None
    referent = item.constraint.referent if item.constraint is not None else None
    return _Shape(
        item.kind, item.object_type, item.column_names, item.unique, referent, item.options
    )


def _definition(subject: Subject, drop: Operation) -> _Shape | None:
    """What is dropped, as downgrade() makes it again or the database has it; None: not known."""
    if drop.kind not in ("drop_index", "drop_constraint") or drop.table is None:
        return None
    wanted = "create_index" if drop.kind == "drop_index" else "create_constraint"
    for item in subject.on_table("downgrade", drop.table):
        if item.kind == wanted and item.name == drop.name:
            return _shape(item)
    table = table_facts(subject.facts, drop.table, drop.schema)
    for fact in table.constraints if table is not None else ():
        is_index = fact.kind == "index"
        if fact.name != drop.name or is_index != (wanted == "create_index"):
            continue
        # A foreign key's target and options stand in a text that is not taken apart here.
        if fact.columns and fact.kind != "foreign" and not _SPECIAL.search(fact.definition):
            kind = "" if is_index else fact.kind
            return _Shape(wanted, kind, fact.columns, _is_unique(fact))
    return None


RULES = (
    Rule(
        RENAMED,
        "warning",
        "correctness",
        "A constraint or index is called otherwise in the database than in the models, or this "
        "revision drops and builds one again only to change its name. Autogenerate says nothing "
        "about a foreign key's name, and drops and creates unique constraints and indexes.",
        _constraint_renamed,
        fires=Example(
            """
op.drop_index("ix_old", "a", if_exists=True)  #!
op.create_index("ix_new", "a", ["b"], if_not_exists=True)
""",
            """
op.create_index("ix_old", "a", ["b"], if_not_exists=True)
""",
        ),
        silent=Example(
            """
op.execute("ALTER INDEX ix_old RENAME TO ix_new")
""",
            """
op.execute("ALTER INDEX ix_new RENAME TO ix_old")
""",
        ),
        source="PostgreSQL documentation: ALTER INDEX, ALTER TABLE (RENAME CONSTRAINT)",
    ),
)

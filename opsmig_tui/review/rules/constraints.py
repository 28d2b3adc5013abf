"""Constraints and indexes that are called otherwise in the models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from opsmig_tui.review.model import NotChecked
from opsmig_tui.review.operations import Operation, Span, qualified
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.rules.base import Example, Rule, Verdict, flag, listed
from opsmig_tui.review.rules.compared import pairs, to_come
from opsmig_tui.review.similarity import Score, constraint_score
from opsmig_tui.review.sql_columns import kept_constraint
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import ConstraintFacts, TableFacts

RENAMED = "constraint-renamed"
_COMPARED = ("unique", "foreign", "primary", "index")
_SPECIAL = re.compile(
    r"\b(WHERE|INCLUDE|DEFERRABLE|NULLS|DESC|COLLATE)\b|USING (?!btree)", re.IGNORECASE
)
_KINDS = {"unique": "unique constraint", "foreign": "foreign key", "primary": "primary key"}
_CERTAIN = Score(1)


@dataclass(frozen=True)
class Renamed:
    """`old` is its name in the database, `new` in the models or in this revision. `score` tells how
    likely they are one."""

    kind: str
    table: str
    old: str
    new: str
    schema: str | None = None
    score: Score = _CERTAIN


def _constraint_renamed(subject: Subject) -> Iterator[Verdict]:
    yield from _renamed_here(subject)
    facts = subject.facts
    if not facts.is_last_pending:
        return
    if facts.models is None or facts.database is None:
        reason = facts.no_models_reason if facts.models is None else facts.no_database_reason
        yield NotChecked(RENAMED, reason)
        return
    found = renamed_in_models(subject) if subject.on_postgresql else []
    if found and any(op.opaque for op in to_come(subject)):
        yield NotChecked(RENAMED, "what the pending revisions do is not all known")
    elif found:
        names = listed(f"{item.old} ({item.new} in the models; {item.score})" for item in found)
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


def renamed_in_models(subject: Subject) -> list[Renamed]:
    """What models and database call by two names, and the pending revisions leave so."""
    touched = {name for op in to_come(subject) for name in (op.name, op.old_name)}
    return [
        item
        for table, there in pairs(subject.facts)
        for item in _differences(table, there)
        if item.old not in touched and item.new not in touched
    ]


def _counted(count: int) -> str:
    return "One constraint has" if count == 1 else f"{count} constraints have"


def _statement(item: Renamed) -> str:
    if item.kind == "index":
        return f"ALTER INDEX {qualified(item.old, item.schema)} RENAME TO {item.new}"
    table = qualified(item.table, item.schema)
    return f"ALTER TABLE {table} RENAME CONSTRAINT {item.old} TO {item.new}"


def _differences(model: TableFacts, there: TableFacts) -> Iterator[Renamed]:
    for item in model.constraints:
        if item.kind not in _COMPARED or item.name is None or not item.columns:
            continue
        same = _alike(item, there.constraints)
        if item.name in {other.name for other in there.constraints} or len(same) != 1:
            continue
        if len(_alike(item, model.constraints)) != 1 or same[0].name is None:
            continue
        score = constraint_score(same[0].name, item.name, item.columns, _referent(item))
        yield Renamed(item.kind, model.name, same[0].name, item.name, there.schema, score)


def _alike(item: ConstraintFacts, others: Iterable[ConstraintFacts]) -> list[ConstraintFacts]:
    """Those of the same kind, columns and target; none where there is more to an index than its
    columns."""
    return [
        other
        for other in others
        if (other.kind, other.columns) == (item.kind, item.columns)
        and (_is_unique(other), _referent(other)) == (_is_unique(item), _referent(item))
        and (other.kind == "foreign" or _is_plain(other))
    ]


def _is_plain(item: ConstraintFacts) -> bool:
    """Nothing but columns: no expression, condition or order."""
    parts = item.definition.count(",") + 1
    return not _SPECIAL.search(item.definition) and (
        not item.definition or (item.definition.count("("), parts) == (1, len(item.columns))
    )


def _referent(item: ConstraintFacts) -> str | None:
    """The table, without schema, that a foreign key points to."""
    if item.kind != "foreign" or not item.definition:
        return None
    return kept_constraint(item.definition).referent


def _is_unique(item: ConstraintFacts) -> bool:
    return item.kind == "index" and "UNIQUE" in item.definition.upper()


def _renamed_here(subject: Subject) -> Iterator[Verdict]:
    for drop, made, item in renamed_here(subject):
        what = _KINDS.get(made.object_type, "index")
        yield flag(
            RENAMED,
            "warning",
            drop,
            f"Drops {what} {item.old} and builds the same again as {item.new}: {item.score}.",
            "Only the name differs: building it anew locks the table for nothing.",
            f"Rename it: {_statement(item)}.",
        )


def renamed_here(subject: Subject) -> Iterator[tuple[Operation, Operation, Renamed]]:
    """A drop and a create over the same columns that differ in the name alone."""
    for drop in subject.migration.upgrade:
        old = _definition(subject, drop)
        if old is None or drop.name is None or not subject.locks(drop):
            continue
        for made in subject.on_table("upgrade", drop.table):
            if made.name not in (None, drop.name) and shape(made) == old:
                kind = "index" if made.kind == "create_index" else made.object_type
                names = (drop.table or "", drop.name, made.name or "")
                score = constraint_score(*names[1:], old.columns, old.referent)
                yield drop, made, Renamed(kind, *names, drop.schema, score)
                break


@dataclass(frozen=True)
class Shape:
    """All of an index or constraint but its name."""

    kind: str
    object_type: str
    columns: tuple[str, ...]
    unique: bool = False
    referent: str | None = None
    options: frozenset[str] = frozenset()


def shape(item: Operation) -> Shape | None:
    """None where the text does not tell, and for what is no index or constraint."""
    if item.kind not in ("create_index", "create_constraint") or not item.column_names:
        return None
    referent = item.constraint.referent if item.constraint is not None else None
    return Shape(
        item.kind, item.object_type, item.column_names, item.unique, referent, item.options
    )


def _definition(subject: Subject, drop: Operation) -> Shape | None:
    """What is dropped, as downgrade() makes it again or the database has it; None: not known."""
    if drop.kind not in ("drop_index", "drop_constraint") or drop.table is None:
        return None
    wanted = "create_index" if drop.kind == "drop_index" else "create_constraint"
    for item in subject.on_table("downgrade", drop.table):
        if item.kind == wanted and item.name == drop.name:
            return shape(item)
    table = table_facts(subject.facts, drop.table, drop.schema)
    for fact in table.constraints if table is not None else ():
        is_index = fact.kind == "index"
        if fact.name != drop.name or is_index != (wanted == "create_index"):
            continue
        # A foreign key's target and options stand in a text that is not taken apart here.
        if fact.columns and fact.kind != "foreign" and not _SPECIAL.search(fact.definition):
            kind = "" if is_index else fact.kind
            return Shape(wanted, kind, fact.columns, _is_unique(fact))
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

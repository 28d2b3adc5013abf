"""What the models ask for and autogenerate does not see."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.conditions import differ
from opsmig_tui.review.model import Facts, NotChecked
from opsmig_tui.review.operations import Span, qualified
from opsmig_tui.review.rules.base import Example, Rule, Verdict, flag, listed
from opsmig_tui.review.rules.compared import COMMENT_ONLY, pairs, to_come
from opsmig_tui.review.sql_columns import kept_constraint
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import ConstraintFacts, DatabaseFacts, ModelFacts, TableFacts

CHECK = "check-missed"


def _check_missed(subject: Subject) -> Iterator[Verdict]:
    facts = subject.facts
    if not facts.is_last_pending or not subject.on_postgresql:
        return
    if facts.models is None or facts.database is None:
        reason = facts.no_models_reason if facts.models is None else facts.no_database_reason
        yield NotChecked(CHECK, reason)
        return
    pending = to_come(subject)
    lacking, other = list(_lacking(facts)), list(_different(facts))
    if (lacking or other) and any(op.opaque for op in pending):
        yield NotChecked(CHECK, "what the pending revisions do is not all known")
        return
    made = {op.name for op in pending} | {c.name for op in pending for c in op.constraints}
    # A check may come along with a column or a rename, or be written anew with one.
    touched = {op.table for op in pending if op.kind in _TOUCHING}
    touched |= {op.name for op in pending if op.kind == "rename_table"}
    where = subject.migration.function_span("upgrade") or Span(1)
    lacking = [(t, c) for t, c in lacking if c.name not in made and t.name not in touched]
    if lacking:
        yield flag(
            CHECK,
            "warning",
            where,
            f"The models have CHECK {_names(lacking)}, which the database lacks.",
            "Autogenerate does not compare CHECK constraints: rows that break it come in.",
            "Add it with op.create_check_constraint(), as NOT VALID first.",
        )
    touched |= {op.table for op in pending if op.kind in _REWRITING}
    other = [(t, c) for t, c in other if c.name not in made and t.name not in touched]
    if other:
        yield flag(
            CHECK,
            "warning",
            where,
            f"CHECK {_names(other)} {'says' if len(other) == 1 else 'say'} something else in the "
            "models than in the database.",
            "Autogenerate does not compare CHECK constraints: the database still holds rows "
            "against the old condition.",
            "Drop it, and add the models' with op.create_check_constraint(), as NOT VALID first.",
        )


_TOUCHING = ("add_column", "create_table")
_REWRITING = ("alter_column", "drop_column", "rename_column")


def _names(found: list[tuple[TableFacts, ConstraintFacts]]) -> str:
    return listed(f"{c.name} of {qualified(t.name, t.schema)}" for t, c in found)


def _lacking(facts: Facts) -> Iterator[tuple[TableFacts, ConstraintFacts]]:
    """Named checks of the models whose table is there and has no check of that name, nor one of
    another name that the models do not know: that may be the same, renamed."""
    for table, there in pairs(facts):
        own = {item.name for item in there.constraints if item.kind == "check"}
        wanted = {item.name for item in table.constraints if item.kind == "check"}
        if own - wanted:
            continue
        for item in table.constraints:
            if item.kind == "check" and item.name is not None and item.name not in own:
                yield table, item


def _different(facts: Facts) -> Iterator[tuple[TableFacts, ConstraintFacts]]:
    """Checks of one name in the models and the database whose conditions differ for certain."""
    for table, there in pairs(facts):
        columns = {column.name for column in table.columns}
        columns &= {column.name for column in there.columns}
        own = {item.name: item for item in there.constraints if item.kind == "check"}
        for item in table.constraints:
            kept = own.get(item.name) if item.kind == "check" and item.name is not None else None
            if kept is not None and differ(_condition(item), _condition(kept), columns):
                yield table, item


def _condition(item: ConstraintFacts) -> str:
    return kept_constraint(item.definition).text


def _facts(*checks: str) -> Facts:
    """The models' table a with the check ck_a, and the database's with these."""
    model = TableFacts(None, "a", (), (ConstraintFacts("check", "ck_a", (), "CHECK (b > 0)"),))
    found = tuple(ConstraintFacts("check", name, (), "CHECK ((b > 0))") for name in checks)
    return Facts(
        models=ModelFacts((model,), ()),
        database=DatabaseFacts("postgresql", 160000, (TableFacts("public", "a", (), found),), ()),
    )


RULES = (
    Rule(
        CHECK,
        "warning",
        "correctness",
        "A named CHECK constraint of the models is not in the database, or says something else "
        "there, and no pending revision makes it: autogenerate compares CHECK constraints only "
        "with a plugin. Not said of a table that has checks of other names, which may be the same "
        "one renamed. PostgreSQL writes conditions in its own way, so they count as different "
        "only where their columns, constants or comparisons do.",
        _check_missed,
        fires=Example(whole=COMMENT_ONLY.format("  #!"), facts=_facts()),
        silent=Example(whole=COMMENT_ONLY.format(""), facts=_facts("ck_a")),
        source="Alembic documentation: What does Autogenerate Detect",
    ),
)

"""Rules that go by what the database holds now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from opsmig_tui.review.model import Facts, NotChecked
from opsmig_tui.review.operations import Operation, same_schema
from opsmig_tui.review.probes import (
    dependents_of,
    duplicates_of,
    orphans_of,
    rows_of,
    values_of,
)
from opsmig_tui.review.rules.base import (
    Example,
    Rule,
    Verdict,
    column_of,
    flag,
    listed_objects,
    object_name,
    table_of,
)
from opsmig_tui.review.rules.live_rows import on_what_is_there, proved
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.validated import orphans_validated
from opsmig_tui.worker.protocol import DatabaseFacts, LiveObject, Probe, ProbeAnswer

DUPLICATES, ORPHANS = "unique-on-duplicates", "fk-orphans"
DEPENDENTS, LOSS = "dependent-objects", "downgrade-data-loss"
_OF_TYPE = frozenset(
    {
        *("view", "materialized view", "rule", "trigger", "policy", "function"),
        "generated column",
    }
)
"""What PostgreSQL refuses to change a column's type below: ATPrepAlterColumnType and
RememberAllDependentForRebuilding in tablecmds.c; measured on 15 and 18."""


def _unique_on_duplicates(subject: Subject) -> Iterator[Verdict]:
    for found in on_what_is_there(subject, DUPLICATES, duplicates_of):
        if isinstance(found, NotChecked):
            yield found
            continue
        item, answer = found
        names = ", ".join(item.column_names)
        finding = flag(
            DUPLICATES,
            "error",
            item,
            f"Makes {names} of {table_of(item)} unique, and there are rows alike in that.",
            "Building the unique index fails at the first two of them"
            + (", and leaves an index behind that is not valid." if item.concurrently else "."),
            "Merge or delete the rows that repeat first: here, or in a release before this one.",
        )
        yield proved(
            finding, answer, "share their values with another", "shares its values with another"
        )


def _fk_orphans(subject: Subject) -> Iterator[Verdict]:
    def ask(item: Operation) -> Probe | None:
        return orphans_of(item) or orphans_validated(subject, item)

    for found in on_what_is_there(subject, ORPHANS, ask):
        if isinstance(found, NotChecked):
            yield found
            continue
        item, answer = found
        new = item.kind == "create_constraint"
        what = "Adds a foreign key to" if new else f"Validates foreign key {item.name} of"
        later = "; or add the key as NOT VALID, clean up, and validate it later" if new else ""
        finding = flag(
            ORPHANS,
            "error",
            item,
            f"{what} {table_of(item)} while there are rows whose "
            f"{', '.join(answer.probe.columns)} is not in {answer.probe.referent}.",
            "Every row is checked, and the first one without a parent makes it fail.",
            f"Delete the rows or give them a parent first{later}.",
        )
        yield proved(finding, answer, "have no parent", "has no parent")


def _dependent_objects(subject: Subject) -> Iterator[Verdict]:
    for item in subject.migration.upgrade:
        retyped = item.change is not None and item.change.type is not None
        if item.kind not in ("drop_table", "drop_column") and not retyped:
            continue
        if item.cascade or not subject.is_next(item) or not subject.locks(item):
            continue
        probe = dependents_of(item)
        if probe is None or subject.before(item).has_column(item, item.column):
            continue
        answer = subject.answer(probe)
        if answer.problem:
            yield NotChecked(DEPENDENTS, answer.problem)
            continue
        kinds = _OF_TYPE if retyped else None
        left = _left(subject, item, [o for o in answer.objects if kinds is None or o.kind in kinds])
        if not left:
            continue
        hidden = next((op for op in subject.before_it(item) if op.opaque or op.cascade), None)
        if hidden is not None:
            reason = f"line {hidden.span.line} may remove {object_name(left[0])}"
            yield NotChecked(DEPENDENTS, reason)
            continue
        verb = "Changes the type of" if retyped else "Drops"
        what = f"table {table_of(item)}" if item.kind == "drop_table" else column_of(item)
        finding = flag(
            DEPENDENTS,
            "error",
            item,
            f"{verb} {what}, which {listed_objects(left, 3)} use{'s' if len(left) == 1 else ''}.",
            "PostgreSQL refuses it as long as something depends on it.",
            f"Before it, drop {object_name(left[0])}, and make it anew afterwards without it."
            if not retyped
            else f"Drop {object_name(left[0])} before it and make it again after it.",
        )
        yield replace(finding, evidence="live")


def _left(subject: Subject, item: Operation, objects: list[LiveObject]) -> list[LiveObject]:
    """Those that block and that nothing before takes away."""
    before = list(subject.before_it(item))
    together = [op for op in subject.migration.upgrade if op.span == item.span and op is not item]
    return [
        thing
        for thing in objects
        if thing.blocks and not any(_removes(op, thing) for op in (*before, *together))
    ]


def _removes(op: Operation, thing: LiveObject) -> bool:
    """The operation takes the object away, or may make it another."""
    if not same_schema(op.schema, thing.schema):
        return False
    if op.kind in ("drop_object", "create_object", "rename_constraint", "drop_constraint"):
        return thing.name in (op.name, op.old_name)
    if op.kind == "drop_table":
        return op.table == (thing.table or thing.name)
    if op.kind == "drop_column" and op.table == thing.table:
        return thing.kind == "foreign key" or op.column == thing.name
    return False


def _downgrade_data_loss(subject: Subject) -> Iterator[Verdict]:
    if subject.facts.applied is False or not (subject.facts.applied or subject.facts.live is None):
        return
    for item in subject.migration.downgrade:
        if item.kind not in ("drop_table", "drop_column") or not subject.undoes_own(item):
            continue
        if subject.before(item).has_column(item, item.column) or subject.is_renamed(item):
            continue
        probe = rows_of(item) if item.kind == "drop_table" else values_of(item)
        if probe is None:
            continue
        answer = subject.answer(probe)
        if answer.problem:
            yield NotChecked(LOSS, answer.problem)
        elif answer.number and not answer.absent and subject.is_next(item):
            is_table = item.kind == "drop_table"
            what = f"table {table_of(item)}" if is_table else column_of(item)
            finding = flag(
                LOSS,
                "note",
                item,
                f"Going back drops {what} with what was written since.",
                "Another upgrade makes it anew, but empty.",
                "Export it first if it is to come back.",
            )
            yield proved(finding, answer, "would go" if is_table else "would lose a value")


def _facts(*answers: ProbeAnswer, applied: bool = False) -> Facts:
    return Facts(
        live={answer.probe: answer for answer in answers},
        database=DatabaseFacts("postgresql", 160000, (), ()),
        applied=applied,
    )


_UNIQUE = 'op.create_unique_constraint("uq_a_b", "a", ["b"])'
_KEY = 'op.create_foreign_key("fk_a_b", "a", "b", ["b_id"], ["id"])'
_ROWS_ALIKE = Probe("duplicates", "a", columns=("b",))
_NO_PARENT = Probe("orphans", "a", None, ("b_id",), "b", None, ("id",))
_USING = Probe("dependents", "a", columns=("b",))

RULES = (
    Rule(
        DUPLICATES,
        "error",
        "correctness",
        "A unique constraint, unique index or primary key is put over columns in which rows of "
        "this database are alike: building its index fails. Asked of live data; a table of many "
        "rows is searched as far as the time allows. Not said when rows may change before it.",
        _unique_on_duplicates,
        fires=Example(f"{_UNIQUE}  #!", facts=_facts(ProbeAnswer(_ROWS_ALIKE, 12))),
        silent=Example(_UNIQUE, facts=_facts(ProbeAnswer(_ROWS_ALIKE, 0))),
        source="PostgreSQL documentation: CREATE INDEX (UNIQUE); measured",
    ),
    Rule(
        ORPHANS,
        "error",
        "correctness",
        "A foreign key is added or validated over rows of this database that have no parent: the "
        "check fails. Asked of live data. Not said where a key is added as NOT VALID, nor when "
        "rows of either table may change before it.",
        _fk_orphans,
        fires=Example(f"{_KEY}  #!", facts=_facts(ProbeAnswer(_NO_PARENT, 3))),
        silent=Example(
            _KEY[:-1] + ", postgresql_not_valid=True)", facts=_facts(ProbeAnswer(_NO_PARENT, 3))
        ),
        source="PostgreSQL documentation: ALTER TABLE (ADD table_constraint, NOT VALID)",
    ),
    Rule(
        DEPENDENTS,
        "error",
        "correctness",
        "A table or column is dropped, or a column given another type, while a view, function, "
        "trigger, policy, generated column or foreign key of this database uses it: PostgreSQL "
        "refuses. Asked of the catalog. Not said when it is dropped or replaced before.",
        _dependent_objects,
        fires=Example(
            'op.drop_column("a", "b")  #!',
            facts=_facts(ProbeAnswer(_USING, 1, objects=(LiveObject("view", "named", "public"),))),
        ),
        silent=Example(
            """
            op.execute("DROP VIEW named")
            op.drop_column("a", "b")
            """,
            facts=_facts(ProbeAnswer(_USING, 1, objects=(LiveObject("view", "named", "public"),))),
        ),
        source="PostgreSQL documentation: Dependency Tracking, ALTER TABLE; measured on 15 and 18",
    ),
    Rule(
        LOSS,
        "note",
        "reversibility",
        "The revision is applied, and its downgrade() drops a table or column that holds rows "
        "of this database by now: a downgrade loses them, and another upgrade does not bring them "
        "back. How many is asked of live data.",
        _downgrade_data_loss,
        fires=Example(
            'op.add_column("a", sa.Column("b", sa.Integer()))',
            'op.drop_column("a", "b")  #!',
            facts=_facts(ProbeAnswer(Probe("values", "a", columns=("b",)), 9), applied=True),
        ),
        silent=Example(
            'op.add_column("a", sa.Column("b", sa.Integer()))',
            'op.drop_column("a", "b")',
            facts=_facts(ProbeAnswer(Probe("values", "a", columns=("b",)), 0), applied=True),
        ),
        source="PostgreSQL documentation: ALTER TABLE (DROP COLUMN), DROP TABLE",
    ),
)

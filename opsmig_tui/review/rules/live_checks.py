"""CHECK constraints that the rows of now would not pass."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Facts, NotChecked
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.rules.base import Example, Rule, Verdict, flag, table_of
from opsmig_tui.review.rules.live_rows import on_what_is_there, proved
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.validated import misfits
from opsmig_tui.worker.protocol import DatabaseFacts, Probe, ProbeAnswer

VIOLATIONS = "check-on-violations"


def _check_on_violations(subject: Subject) -> Iterator[Verdict]:
    def ask(item: Operation) -> Probe | None:
        return misfits(subject, item)

    for found in on_what_is_there(subject, VIOLATIONS, ask):
        if isinstance(found, NotChecked):
            yield found
            continue
        item, answer = found
        new = item.kind == "create_constraint"
        name = f" {item.name}" if item.name is not None else ""
        later = "; or add it as NOT VALID, clean up, and validate it later" if new else ""
        finding = flag(
            VIOLATIONS,
            "error",
            item,
            f"{'Adds' if new else 'Validates'} CHECK{name} {'to' if new else 'of'} "
            f"{table_of(item)} while there are rows that break it.",
            "Every row is checked, and the first one that breaks it makes it fail.",
            f"Mend or delete the rows first{later}.",
        )
        yield proved(finding, answer, "break it", "breaks it")


_NULLS = Probe("nulls", "a", columns=("b",))
_ADD = 'op.create_check_constraint("ck", "a", "b IS NOT NULL"{})'


def _facts(number: int) -> Facts:
    return Facts(
        live={_NULLS: ProbeAnswer(_NULLS, number)},
        database=DatabaseFacts("postgresql", 160000, (), ()),
        applied=False,
    )


RULES = (
    Rule(
        VIOLATIONS,
        "error",
        "correctness",
        "A CHECK constraint is validated, or added and checked at once, over rows of this database "
        "that break it: it fails. Asked of live data, by the condition that the database holds of "
        "a NOT VALID constraint; of a new one only IS NOT NULL is understood. Not said when rows "
        "may change before it.",
        _check_on_violations,
        fires=Example(f"{_ADD.format('')}  #!", facts=_facts(7)),
        silent=Example(_ADD.format(", postgresql_not_valid=True"), facts=_facts(7)),
        source="PostgreSQL documentation: ALTER TABLE (VALIDATE CONSTRAINT, NOT VALID)",
    ),
)

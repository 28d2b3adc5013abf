"""What live data adds to a finding: one sentence about this database, and stronger evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from opsmig_tui.review.amounts import amount, one
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.probes import (
    dependents_of,
    enum_values_of,
    longest_of,
    nulls_of,
    rows_of,
    unfit_of,
    values_of,
)
from opsmig_tui.review.rules.base import listed_objects
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import Probe, ProbeAnswer

NOTHING = "which tells nothing of production"
Ask = Callable[[Operation], Probe | None]


def told(subject: Subject, finding: Finding) -> Finding:
    """The finding with what this database says of it, where there is something to say."""
    teller = TELLERS.get(finding.rule)
    item = finding.operation
    if teller is None or item is None or finding.live or not subject.is_next(item):
        return finding
    return teller(subject, finding, item)


def _answer(subject: Subject, probe: Probe | None) -> ProbeAnswer | None:
    answer = subject.answer(probe) if probe is not None else None
    return None if answer is None or answer.problem or answer.absent else answer


def _counted(ask: Ask, some: str, none: str) -> Callable[[Subject, Finding, Operation], Finding]:
    """`some` and `none` are sentences; in `some`, {} takes the amount and {s} its verb's ending."""

    def tell(subject: Subject, finding: Finding, item: Operation) -> Finding:
        answer = _answer(subject, ask(item))
        if answer is None:
            return finding
        if not answer.number:
            return replace(finding, live=f"{none} in this database, {NOTHING}.")
        words = some.format(amount(answer), s="s" if one(answer) else "")
        sentence = words[0].upper() + words[1:]
        return replace(finding, live=sentence, probe=answer.probe, evidence="live")

    return tell


def _size(subject: Subject, finding: Finding, item: Operation) -> Finding:
    """How many rows a lock is held for. A small table here is no proof of a short one elsewhere."""
    answer = _answer(subject, rows_of(item))
    if answer is None:
        return finding
    words = amount(answer)
    if answer.number >= subject.facts.large_rows:
        live = f"{words[0].upper()}{words[1:]} in this database."
        return replace(finding, live=live, evidence="live")
    if not answer.number:
        return replace(finding, live=f"The table is empty in this database, {NOTHING}.")
    return replace(finding, live=f"Only {words} in this database, {NOTHING}.")


def _narrowing(subject: Subject, finding: Finding, item: Operation) -> Finding:
    told = _UNFIT(subject, finding, item)
    longest = _answer(subject, longest_of(item))
    change = item.change
    if not told.live or longest is None or not longest.number or change is None:
        return told
    if change.type is None or change.type.family != "string":
        return told
    least = "at least " if longest.at_least else ""
    return replace(told, live=f"{told.live} The longest has {least}{longest.number:,} characters.")


def _cascade(subject: Subject, finding: Finding, item: Operation) -> Finding:
    """What goes along."""
    if item.kind not in ("drop_table", "drop_column"):
        return finding
    answer = _answer(subject, dependents_of(item))
    names = listed_objects(answer.objects, 5) if answer is not None else ""
    if not names:
        return finding
    return replace(finding, live=f"It takes along {names} in this database.", evidence="live")


def _column_drop(subject: Subject, finding: Finding, item: Operation) -> Finding:
    told = _HELD(subject, finding, item)
    answer = _answer(subject, dependents_of(item))
    lost = [item for item in answer.objects if not item.blocks] if answer is not None else []
    if not told.live or not lost:
        return told
    return replace(told, live=f"{told.live} It takes along {listed_objects(lost, 3)}.")


def _enum(subject: Subject, finding: Finding, item: Operation) -> Finding:
    """Rows that hold a value which is renamed or no longer there."""
    found = [
        answer
        for probe in enum_values_of(subject, item)
        if (answer := _answer(subject, probe)) is not None and answer.number
    ]
    if not found:
        return finding
    first = found[0]
    where = ", ".join(
        f"{column.schema}.{column.table}.{column.name}" for column in first.objects[:3]
    )
    verb = "holds" if one(first) else "hold"
    words = f"{amount(first)} {verb} {first.probe.value!r} in this database, in {where}."
    live = words[0].upper() + words[1:]
    return replace(finding, live=live, probe=first.probe, evidence="live")


_UNFIT = _counted(unfit_of, "{} would not fit in this database.", "Every value fits")
_HELD = _counted(values_of, "{} hold{s} a value in this database.", "No row holds a value")
_ROWS = _counted(rows_of, "{} in this database.", "The table is empty")
TELLERS: dict[str, Callable[[Subject, Finding, Operation], Finding]] = {
    "drop-table": _ROWS,
    "drop-column": _column_drop,
    "drop-cascade": _cascade,
    "rename-as-drop-add-column": _column_drop,
    "rename-as-drop-add-table": _ROWS,
    "truncate-or-delete-all": _ROWS,
    "narrowing-type": _narrowing,
    "not-null-no-default": _counted(
        rows_of, "{} in this database: it fails here.", "The table is empty"
    ),
    "not-null-no-backfill": _counted(
        nulls_of, "{} with NULL in this database: it fails here.", "No row holds NULL"
    ),
    "enum-rename-or-remove": _enum,
    **dict.fromkeys(
        (
            *("index-not-concurrent", "fk-validated", "check-validated", "unique-constraint"),
            "fk-inline-column",
            *("add-primary-key", "exclude-constraint", "set-not-null", "type-change-rewrite"),
            *("volatile-default", "rewriting-column", "rewrite-command", "update-all-rows"),
            *("validate-same-transaction", "cast-without-using"),
        ),
        _size,
    ),
}

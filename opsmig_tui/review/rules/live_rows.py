"""What rules about rows of now share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from opsmig_tui.review.amounts import amount, one
from opsmig_tui.review.model import Finding, NotChecked
from opsmig_tui.review.operations import Operation, same_schema
from opsmig_tui.review.rules.base import table_of
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import Probe, ProbeAnswer


def on_what_is_there(
    subject: Subject, rule: str, ask: Callable[[Operation], Probe | None]
) -> Iterator[tuple[Operation, ProbeAnswer] | NotChecked]:
    """Each operation of upgrade() that the rows of now may stop, with the answer about them."""
    for item in subject.migration.upgrade:
        probe = ask(item)
        if probe is None or not subject.is_next(item) or not _runs_here(subject, item):
            continue
        if subject.before(item).has_table(item):
            continue
        answer = subject.answer(probe)
        if answer.problem:
            yield NotChecked(rule, answer.problem)
        elif answer.number and not answer.absent:
            # Looked for only now: there are few answers, but may be many operations.
            if any(_may_change(op, probe) for op in subject.before_it(item)):
                yield NotChecked(rule, f"rows of {table_of(item)} may change before it")
            else:
                yield item, answer


def _runs_here(subject: Subject, item: Operation) -> bool:
    """On this kind of database, as far as the text says; SQLite takes a key without a look."""
    if subject.on_postgresql:
        return subject.locks(item)
    database = subject.facts.database
    sqlite = database is not None and database.dialect == "sqlite"
    return item.context.dialect != "postgresql" and not (sqlite and item.object_type == "foreign")


def _may_change(op: Operation, probe: Probe) -> bool:
    if op.context.dialect == "other":
        return False
    if op.opaque or op.kind == "data":
        return True
    tables = ((probe.table, probe.schema), (probe.referent, probe.referent_schema))
    return op.kind in ("insert", "update", "delete", "truncate") and any(
        op.table == table and same_schema(op.schema, schema) for table, schema in tables
    )


def proved(finding: Finding, answer: ProbeAnswer, words: str, singular: str = "") -> Finding:
    """The finding with how many rows it is about: `words` say what of them."""
    some = amount(answer)
    words = (singular or words) if one(answer) else words
    live = f"{some[0].upper()}{some[1:]} {words} in this database."
    return replace(finding, live=live, probe=answer.probe, evidence="live")

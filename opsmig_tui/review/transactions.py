"""Which operations run in one transaction.

alembic runs all pending revisions in one, unless transaction_per_migration is set; an
autocommit_block ends it, runs each statement on its own, and begins another (alembic
documentation: MigrationContext.autocommit_block).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from opsmig_tui.review.model import Facts
from opsmig_tui.review.operations import Direction, Operation
from opsmig_tui.review.subject import Subject

_ENDS = ("commit", "rollback", "end")


@dataclass(frozen=True)
class Transaction:
    """Operations in the order they run: `before` are those of revisions that go up together with
    this one, `own` this migration's, `alone`: a statement outside of any transaction."""

    before: tuple[Operation, ...] = ()
    own: tuple[Operation, ...] = ()
    alone: bool = False


def transactions(subject: Subject, direction: Direction) -> tuple[Transaction, ...]:
    """Those in which this migration has a part, without what runs on other dialects only."""
    before: list[Operation] = []
    if direction == "upgrade" and not subject.facts.transaction_per_migration:
        for operation in together(subject.facts):
            if _ends(operation):
                before.clear()
            else:
                before.append(operation)
    own = subject.migration.operations(direction)
    return tuple(_split(before, [item for item in own if item.context.dialect != "other"]))


def together(facts: Facts) -> Iterator[Operation]:
    """What the revisions do that run right before this one."""
    for migration in facts.pending_before:
        yield from migration.upgrade


def _ends(item: Operation) -> bool:
    if item.kind == "commit":
        return item.object_type in _ENDS and not item.context.branch
    return item.context.autocommit


def _split(before: Iterable[Operation], own: Iterable[Operation]) -> Iterator[Transaction]:
    first, part = tuple(before), list[Operation]()
    for item in own:
        if not _ends(item):
            part.append(item)
            continue
        if part:
            yield Transaction(first, tuple(part))
        first, part = (), []
        if item.kind != "commit":
            yield Transaction(own=(item,), alone=True)
    if part:
        yield Transaction(first, tuple(part))

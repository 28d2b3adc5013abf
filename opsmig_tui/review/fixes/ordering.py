"""An operation of downgrade() that comes too early or too late, moved to where it works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import place_of
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.order import misplaced
from opsmig_tui.review.places import Place
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet, Where

_MOST = 60  # operations that are tried as a place; a longer downgrade() is left to its author


def moved(subject: Subject, rule: str, item: Operation) -> Iterator[Fix]:
    """The nearest place, later or earlier, where nothing is in the way of any operation that was
    not already in trouble."""
    down = subject.migration.downgrade
    place = _movable(subject, item)
    if place is None or len(down) > _MOST:
        return
    at = next(index for index, other in enumerate(down) if other.order == item.order)
    later = range(at + 1, len(down))
    for index in (*later, *range(at - 1, -1, -1)):
        anchor = _movable(subject, down[index])
        if anchor is None or anchor.around != place.around:
            continue
        rest = [*down[:at], *down[at + 1 :]]
        if _works(subject, [*rest[:index], item, *rest[index:]], item):
            yield _move(rule, place, anchor, "after" if index > at else "before")
            return


def _movable(subject: Subject, item: Operation) -> Place | None:
    """The operation has a statement of its own."""
    place = place_of(subject, item)
    return place if place is not None and not item.context.branch else None


def _works(subject: Subject, order: Sequence[Operation], item: Operation) -> bool:
    before = {problem.operation.span for problem in misplaced(subject.migration)}
    tried = tuple(replace(other, order=number) for number, other in enumerate(order))
    after = {p.operation.span for p in misplaced(replace(subject.migration, downgrade=tried))}
    return after < before and item.span not in after


def _move(rule: str, place: Place, anchor: Place, where: Where) -> Fix:
    def edit(sheet: Sheet, value: str) -> None:
        statement = sheet.statement(sheet.call(place.call))
        sheet.move(statement, where, sheet.statement(sheet.call(anchor.call)))

    return Fix(rule, f"Moves it {where} what line {anchor.call.lineno} does.", edit)

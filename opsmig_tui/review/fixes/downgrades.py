"""downgrade() as the inverse of upgrade()."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.enums import drop_type
from opsmig_tui.review.fixes.inverses import inverse, invertible
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.rules.reversibility import NO_INVERSE, in_use_elsewhere, made_enums
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet


def empty(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """downgrade-empty: the whole inverse, unless upgrade() drops what nothing can rebuild."""
    node = subject.migration.functions.get("downgrade")
    if node is None or finding.operation is not None or node.body[0].lineno == node.lineno:
        return
    lasting = [
        item
        for item in subject.migration.upgrade
        if item.kind not in NO_INVERSE and not item.is_data and not _of_new_table(subject, item)
    ]
    places = [(item, invertible(subject, item)) for item in lasting]
    known = [(item, place) for item, place in places if place is not None]
    if not known or len(known) < len(lasting):
        return
    enums = [
        enum
        for name, (_, enum) in made_enums(subject).items()
        if not in_use_elsewhere(subject, name)
    ]

    def edit(sheet: Sheet, value: str) -> None:
        for item, place in reversed(known):
            sheet.append("downgrade", inverse(sheet, item, place))
        for enum in enums:
            sheet.append("downgrade", drop_type(sheet, enum))

    yield Fix(finding.rule, "Writes the inverse of upgrade() into downgrade().", edit)


def asymmetric(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """downgrade-asymmetric: the missing inverse, where the order of upgrade() puts it."""
    item = finding.operation
    place = invertible(subject, item) if item is not None else None
    if item is None or place is None or item.context.direction != "upgrade":
        return
    node = subject.migration.functions.get("downgrade")
    if node is None or node.body[0].lineno == node.lineno:
        return
    # What upgrade() does last is undone first. Where something stands in between, the check of
    # the order says so, and the fix is refused.
    later = any(other.order > item.order for other in subject.migration.upgrade)

    def edit(sheet: Sheet, value: str) -> None:
        add = sheet.append if later else sheet.prepend
        add("downgrade", inverse(sheet, item, place))

    yield Fix(finding.rule, "Adds the inverse to downgrade().", edit)


def _of_new_table(subject: Subject, item: Operation) -> bool:
    """It goes with a table that upgrade() creates before it."""
    return item.kind != "create_table" and subject.created("upgrade").has_table(item)

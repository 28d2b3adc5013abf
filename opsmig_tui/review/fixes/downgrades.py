"""downgrade() as the inverse of upgrade()."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.enums import drop_type
from opsmig_tui.review.fixes.inverses import inverse, invertible
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.fixes.ordering import moved
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.rules.reversibility import NO_INVERSE, in_use_elsewhere, made_enums
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet


def empty(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """downgrade-empty: the whole inverse, unless upgrade() drops what nothing can rebuild."""
    node = subject.migration.functions.get("downgrade")
    if finding.operation is not None or (node is not None and _on_one_line(node)):
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

    into = "into" if node is not None else "as"
    yield Fix(finding.rule, f"Writes the inverse of upgrade() {into} downgrade().", edit)


def asymmetric(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """downgrade-asymmetric: the missing inverse, where the order of upgrade() puts it; or the
    operation that stands in the wrong place, moved."""
    item = finding.operation
    if item is not None and item.context.direction == "downgrade":
        yield from moved(subject, finding.rule, item)
        return
    place = invertible(subject, item) if item is not None else None
    if item is None or place is None or item.context.direction != "upgrade":
        return
    node = subject.migration.functions.get("downgrade")
    if node is None or _on_one_line(node):
        return
    # What upgrade() does last is undone first. Where something stands in between, the check of
    # the order says so, and the fix is refused.
    later = any(other.order > item.order for other in subject.migration.upgrade)

    def edit(sheet: Sheet, value: str) -> None:
        add = sheet.append if later else sheet.prepend
        add("downgrade", inverse(sheet, item, place))

    yield Fix(finding.rule, "Adds the inverse to downgrade().", edit)


def _on_one_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return node.body[0].lineno == node.lineno


def _of_new_table(subject: Subject, item: Operation) -> bool:
    """It goes with a table that upgrade() creates before it."""
    return item.kind != "create_table" and subject.created("upgrade").has_table(item)

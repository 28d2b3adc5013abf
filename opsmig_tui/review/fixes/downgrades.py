"""downgrade() as the inverse of upgrade()."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.enums import drop_type
from opsmig_tui.review.fixes.inverses import inverse, invertible
from opsmig_tui.review.fixes.model import Fix, FixRefused
from opsmig_tui.review.fixes.ordering import moved
from opsmig_tui.review.fixes.rebuilt import Undo, rebuilt
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.rules.reversibility import NO_INVERSE, in_use_elsewhere, made_enums
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.words import sentence

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet


def empty(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """downgrade-empty: the whole inverse, unless upgrade() drops what nothing can rebuild."""
    node = subject.migration.functions.get("downgrade")
    if finding.operation is not None or (node is not None and _on_one_line(node)):
        return
    try:
        undos = [undo_of(subject, item) for item in _lasting(subject)]
    except FixRefused:
        return  # `why_not` says why
    if not undos:
        return
    enums = [
        enum
        for name, (_, enum) in made_enums(subject).items()
        if not in_use_elsewhere(subject, name)
    ]

    def edit(sheet: Sheet, value: str) -> None:
        for undo in reversed(undos):
            sheet.append("downgrade", undo(sheet))
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
    if item is None:
        return
    try:
        undo = undo_of(subject, item)
    except FixRefused:
        return
    node = subject.migration.functions.get("downgrade")
    if node is None or _on_one_line(node):
        return
    # What upgrade() does last is undone first. Where something stands in between, the check of
    # the order says so, and the fix is refused.
    later = any(other.order > item.order for other in subject.migration.upgrade)

    def edit(sheet: Sheet, value: str) -> None:
        add = sheet.append if later else sheet.prepend
        add("downgrade", undo(sheet))

    yield Fix(finding.rule, "Adds the inverse to downgrade().", edit)


def why_not(subject: Subject, finding: Finding) -> str:
    """Why the inverse of upgrade() cannot be written, in a sentence; "" where that is not it."""
    item = finding.operation
    if item is not None and item.context.direction == "downgrade":
        return ""
    for undone in _lasting(subject) if item is None else [item]:
        try:
            undo_of(subject, undone)
        except FixRefused as refusal:
            return f"upgrade() {sentence(undone)}, and {refusal}: no inverse can be written."
    return ""


def undo_of(subject: Subject, item: Operation) -> Undo:
    """Source of the inverse, from the call or, failing that, the database. Raises FixRefused."""
    place = invertible(subject, item)
    if place is None:
        return rebuilt(subject, item)
    return lambda sheet: inverse(sheet, item, place)


def _lasting(subject: Subject) -> list[Operation]:
    """What upgrade() does that has to be undone by a step of its own."""
    types = made_enums(subject)
    return [
        item
        for item in subject.migration.upgrade
        if item.kind not in NO_INVERSE
        and not item.is_data
        and not _of_new_table(subject, item)
        and not (item.kind == "create_enum" and item.name in types)
    ]


def _on_one_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return node.body[0].lineno == node.lineno


def _of_new_table(subject: Subject, item: Operation) -> bool:
    """It goes with a table that upgrade() creates before it."""
    return item.kind != "create_table" and subject.created("upgrade").has_table(item)

"""no-existence-guard: operations that can be repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import place_of, sql_place
from opsmig_tui.review.fixes.indexes import drop_before, drop_in_sql
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.fixes.sql_edits import change_literal
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet

_ADD_VALUE = re.compile(r"\bADD\s+VALUE\b(?!\s+IF\b)", re.I)
_DROP_INDEX = re.compile(r"\bDROP\s+INDEX\b(\s+CONCURRENTLY\b)?(?!\s+IF\b)", re.I)


def guarded(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """A drop before a concurrent build, IF [NOT] EXISTS elsewhere."""
    item = finding.operation
    if item is None:
        return
    if item.kind == "create_index" and item.context.autocommit:
        yield from _drop_first(subject, finding, item)
    elif item.is_sql:
        yield from _in_sql(subject, finding, item)
    elif item.kind in ("create_index", "drop_index"):
        # The other operations know the argument only from alembic 1.16 on.
        option = "if_not_exists" if item.kind == "create_index" else "if_exists"
        yield from _argument(subject, finding, option)
    elif item.kind in ("create_enum", "drop_enum"):
        yield from _argument(subject, finding, "checkfirst")


def _drop_first(subject: Subject, finding: Finding, item: Operation) -> Iterator[Fix]:
    place = sql_place(subject, finding) if item.is_sql else place_of(subject, item)
    if place is None or item.name is None or place.batch is not None:
        return

    def edit(sheet: Sheet, value: str) -> None:
        call = sheet.call(place.call)
        code = drop_in_sql(sheet, item) if item.is_sql else drop_before(sheet, call)
        sheet.insert("before", sheet.statement(call), code)

    yield Fix(finding.rule, f"Drops index {item.name} before it, if it is there.", edit)


def _in_sql(subject: Subject, finding: Finding, item: Operation) -> Iterator[Fix]:
    place = sql_place(subject, finding)
    found = {
        "add_enum_value": (_ADD_VALUE, " IF NOT EXISTS"),
        "drop_index": (_DROP_INDEX, " IF EXISTS"),
    }.get(item.kind)
    if place is None or found is None:
        return
    pattern, words = found

    def edit(sheet: Sheet, value: str) -> None:
        change_literal(sheet, sheet.call(place.call), pattern, words)

    yield Fix(finding.rule, f"Writes{words} into the statement.", edit)


def _argument(subject: Subject, finding: Finding, option: str) -> Iterator[Fix]:
    place = place_of(subject, finding.operation)
    if place is None:
        return

    def edit(sheet: Sheet, value: str) -> None:
        sheet.set_argument(sheet.call(place.call), option, "True")

    yield Fix(finding.rule, f"Passes {option}=True.", edit)

"""enum-type-exists: a table that takes an enum type as it is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import place_of
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.model import Finding
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet

_NAMED = re.compile(r"along with enum type (?:\S+\.)?(\w+), which")


def reused(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """``postgresql.ENUM(..., create_type=False)`` in place of ``sa.Enum(...)``."""
    place, named = place_of(subject, finding.operation), _NAMED.search(finding.message)
    if place is None or named is None:
        return
    uses = [node for node in ast.walk(place.call) if _is_enum(node, named.group(1))]
    if not uses:
        return

    def edit(sheet: Sheet, value: str) -> None:
        function = sheet.expression(sheet.style.name("sqlalchemy.dialects.postgresql.ENUM"))
        for node in uses:
            call = sheet.call(node)  # type: ignore[arg-type]
            sheet.change_call(call, lambda made: made.with_changes(func=function))
            sheet.set_argument(call, "create_type", "False")

    yield Fix(finding.rule, f"Takes enum type {named.group(1)} as it is there.", edit)


def _is_enum(node: ast.AST, name: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    last = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    return last in ("Enum", "ENUM") and any(
        item.arg == "name" and isinstance(item.value, ast.Constant) and item.value.value == name
        for item in node.keywords
    )

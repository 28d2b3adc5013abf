"""Words put into an SQL statement that stands as one literal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

    from opsmig_tui.review.fixes.sheet import Sheet


def change_literal(sheet: Sheet, call: cst.Call, after: re.Pattern[str], words: str) -> None:
    """Puts `words` behind the first match, in the match's own case. Nothing is done to a text that
    is put together from several literals: what the fix promises then does not hold."""
    import libcst as cst

    node = call.args[0].value
    while isinstance(node, cst.Call):
        node = node.args[0].value
    if not isinstance(node, cst.SimpleString):
        return

    def change(literal: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(literal, cst.SimpleString)
        found = after.search(literal.value)
        if found is None:
            return literal
        cased = words if found.group().isupper() else words.lower()
        value = literal.value[: found.end()] + cased + literal.value[found.end() :]
        return literal.with_changes(value=value)

    sheet.change(node, change)

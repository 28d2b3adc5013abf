"""What the other tab shows at the same place, in a line: of code its SQL, of SQL its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.widgets.code import text_of

if TYPE_CHECKING:
    from opsmig_tui.ui.panes.review.content import Content
    from opsmig_tui.ui.panes.review.rows import Row


def counterpart(content: Content, row: Row) -> str:
    """ "SQL: ALTER TABLE …" for a line of code, "22: op.add_column(" for a statement, else ""."""
    if row.number is None:
        return ""
    if row.kind == "sql" and 0 < row.number <= len(content.source):
        return f"{row.number}: {text_of(content.source[row.number - 1]).strip()}"
    if row.kind == "code":
        found = content.sql.at_line(row.number)
        more = f"  and {len(found) - 1:,} more" if len(found) > 1 else ""
        return f"SQL: {' '.join(found[0].rendered.sql.split())}{more}" if found else ""
    return ""

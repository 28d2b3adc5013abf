"""What the other tab shows at the same place, in a line: of code its SQL, of SQL its code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from opsmig_tui.ui.widgets.code import text_of
from opsmig_tui.worker.protocol import RenderedRevision, RenderedStatement

if TYPE_CHECKING:
    from opsmig_tui.ui.panes.review.rows import Row
    from opsmig_tui.ui.widgets.code import CodeLine

#: Characters of a statement that may be seen on one line.
LONGEST = 400


#: The statements that each line of the file takes part in.
ByLine = Mapping[int, Sequence[RenderedStatement]]


def by_line(rendered: RenderedRevision | None) -> ByLine:
    """An index of both directions."""
    found: dict[int, list[RenderedStatement]] = {}
    for direction in (rendered.upgrade, rendered.downgrade) if rendered is not None else ():
        for one in direction.statements:
            for line in dict.fromkeys(one.lines):
                found.setdefault(line, []).append(one)
    return found


def counterpart(row: Row, source: Sequence[CodeLine], sql: ByLine) -> str:
    """ "SQL: ALTER TABLE …" for a line of code, "22: op.add_column(" for a statement, else ""."""
    if row.number is None:
        return ""
    if row.kind == "sql" and 0 < row.number <= len(source):
        return f"{row.number}: {text_of(source[row.number - 1]).strip()}"
    found = sql.get(row.number) if row.kind == "code" else None
    if not found:
        return ""
    more = f"  and {len(found) - 1:,} more" if len(found) > 1 else ""
    return f"SQL: {' '.join(found[0].sql[:LONGEST].split())}{more}"

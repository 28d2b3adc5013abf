"""What the tabs of one review are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opsmig_tui.ui.panes.review.sql import Sql

if TYPE_CHECKING:
    from opsmig_tui.history.model import Revision
    from opsmig_tui.review.model import Review, Severity
    from opsmig_tui.ui.panes.review.compare import Step
    from opsmig_tui.ui.widgets.code import CodeLine
    from opsmig_tui.worker.protocol import RehearseResult


@dataclass(frozen=True)
class Content:
    """A review with its texts, in colours or not yet.

    `rehearsal` is what the last one saw, None where this file was not rehearsed as it is.
    `sql` is None until somebody looks at it, or when there is none. `waiting`: models, database and
    SQL have not been asked yet. `level` is the least severity
    shown, `words` what is looked for in the list of findings.
    """

    review: Review
    item: Revision | None
    path: str
    steps: tuple[Step, ...]
    base: tuple[CodeLine, ...]
    source: tuple[CodeLine, ...]
    sql: Sql | None = None
    rehearsal: RehearseResult | None = None
    waiting: bool = False
    level: Severity = "note"
    words: str = ""

    @property
    def digits(self) -> int:
        """Cells for the longest line number."""
        return digits_of(len(self.source))


def digits_of(lines: int) -> int:
    """Cells for the number of the last of so many lines."""
    return max(3, len(str(lines)))

"""Which findings stand where the cursor does, and why a key finds nothing to do there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.panes.review.code_tab import at_line
from opsmig_tui.ui.panes.review.levels import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from opsmig_tui.review.model import Finding
    from opsmig_tui.ui.panes.review.content import Content
    from opsmig_tui.ui.panes.review.rows import Row


def findings_at(content: Content, row: Row) -> list[Finding]:
    """Those that a row is about: the one whose words it shows, or those of its line of code."""
    findings = content.review.findings
    if row.finding is not None:
        return [findings[row.finding]] if row.finding < len(findings) else []
    if row.number is None or row.kind not in ("code", "sql"):
        return []
    shown = visible(findings, content.level)
    lines = dict.fromkeys((row.number, *row.lines))
    found = (at for line in lines for at in at_line(shown, line, len(content.source)))
    return [findings[at] for at in dict.fromkeys(found)]


def choose(
    findings: list[Finding], fits: Callable[[Finding], bool], otherwise: Callable[[Finding], str]
) -> tuple[Finding | None, str]:
    """The first finding that fits; else None and why, which `otherwise` tells of the first."""
    if not findings:
        return None, "No flag stands at this line. ] goes to the next one."
    found = next((one for one in findings if fits(one)), None)
    return found, "" if found is not None else otherwise(findings[0])

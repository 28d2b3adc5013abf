"""How serious a finding must be to be shown: all, warnings and errors, or errors only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opsmig_tui.review.model import Finding, Severity

#: The least severity shown, in the order in which one key goes through them.
LEVELS: Sequence[Severity] = ("note", "warning", "error")
#: What the pane's head says of a level.
LEVEL_WORDS: Mapping[Severity, str] = {
    "note": "",
    "warning": "without notes",
    "error": "errors only",
}
RANK: Mapping[Severity, int] = {"error": 0, "warning": 1, "note": 2}


def next_level(level: Severity) -> Severity:
    """The level after this one, around the end."""
    return LEVELS[(LEVELS.index(level) + 1) % len(LEVELS)]


def shows(level: Severity, severity: Severity) -> bool:
    """Whether findings of this severity are shown at this level."""
    return RANK[severity] <= RANK[level]


def visible(findings: Sequence[Finding], level: Severity) -> list[tuple[int, Finding]]:
    """The findings shown at this level, each with its place in the review."""
    return [(at, one) for at, one in enumerate(findings) if shows(level, one.severity)]

"""The tab "Findings": all of them by severity, then what was not checked and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.review.model import GLYPHS
from opsmig_tui.ui.panes.review import head
from opsmig_tui.ui.panes.review.levels import LEVELS, shows, visible
from opsmig_tui.ui.panes.review.rows import Row, only_places
from opsmig_tui.ui.widgets.paint import wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opsmig_tui.review.model import Finding, Review, Severity
    from opsmig_tui.ui.panes.review.content import Content
    from opsmig_tui.ui.widgets.code import Piece

HEADINGS: Mapping[Severity, str] = {"error": "Errors", "warning": "Warnings", "note": "Notes"}


def rows(content: Content, width: int) -> list[Row]:
    """The findings shown at this level that hold the words looked for."""
    review = content.review
    found: list[Row] = []
    for severity in reversed(LEVELS):
        group = [
            (at, one)
            for at, one in visible(review.findings, content.level)
            if one.severity == severity and content.words.lower() in words_of(one).lower()
        ]
        if not group:
            continue
        found += [head.text()] if found else []
        heading = f"{GLYPHS[severity]} {HEADINGS[severity]}: {len(group)}"
        found.append(head.rule(heading, width, severity))
        for at, one in group:
            found += _finding(one, at, content.digits, width)
    found += [head.text((words, "dim")) for words in _left_out(content, bool(found))]
    if not review.findings:
        found.append(head.text((" ✓ ", "applied"), ("No findings.", "text")))
    found += _ignored(review, content.digits, width)
    return only_places(found + head.not_checked(review.not_checked, width))


def _ignored(review: Review, digits: int, width: int) -> list[Row]:
    """What comments in the file, or the settings, keep from being shown."""
    found: list[Row] = []
    if review.left_alone:
        found += [head.text(), head.rule("Left alone", width)]
        words = f"The setting start-after names {review.left_alone}: older ones are not judged."
        found += [head.text((f" {part}", "dim")) for part in wrap(words, width - 2)]
    if review.suppressed:
        found += [head.text(), head.rule(f"Ignored: {len(review.suppressed)}", width)]
    for one in review.suppressed:
        lead = one.finding.rule + "  "
        room = width - digits - 5
        first, rest = head.led(lead, f"{one.finding.message} Ignored: {one.reason}", room)
        lines: list[tuple[Piece, ...]] = [((lead, "text"), (first, "dim"))]
        lines += [((part, "dim"),) for part in rest]
        found += [
            Row("finding", pieces, one.finding.line, leads=place == 0)
            for place, pieces in enumerate(lines)
        ]
    return found


def words_of(finding: Finding) -> str:
    """All that `/` looks in."""
    told = (finding.rule, finding.message, finding.live, finding.why, finding.remedy)
    return f"{finding.severity} {finding.line} {' '.join(told)}"


def _finding(finding: Finding, index: int, digits: int, width: int) -> list[Row]:
    """Line, rule and sentence; what this database adds stands below."""
    lead = finding.rule + "  "
    room = width - digits - 5
    first, rest = head.led(lead, finding.message, room)
    lines: list[tuple[Piece, ...]] = [((lead, "strong"), (first, "text"))]
    lines += [((part, "text"),) for part in rest]
    lines += [((part, "accent"),) for part in (wrap(finding.live, room) if finding.live else ())]
    return [
        Row(
            "finding", pieces, finding.line, severity=finding.severity, finding=index,
            leads=place == 0, full=words_of(finding),
        )
        for place, pieces in enumerate(lines)
    ]  # fmt: skip


def _left_out(content: Content, some: bool) -> list[str]:
    """What the filters keep from being shown, in words."""
    findings = content.review.findings
    told = []
    hidden = sum(1 for one in findings if not shows(content.level, one.severity))
    if hidden:
        told.append(f" {hidden} less severe not shown: v shows them.")
    if content.words and not some:
        told.append(f' No finding has "{content.words}" in it.')
    return [""] * bool(some and told) + told

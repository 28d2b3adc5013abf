"""The tab "Code": the migration's lines, each finding under its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.panes.review import head
from opsmig_tui.ui.panes.review.folds import folded
from opsmig_tui.ui.panes.review.levels import visible
from opsmig_tui.ui.panes.review.rows import Row, gutter_width, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opsmig_tui.review.model import Finding, Severity
    from opsmig_tui.ui.panes.review.content import Content

#: A finding on a call of up to so many lines stands under its last one, else under its first.
LONGEST_CALL = 8


def rows(content: Content, width: int) -> list[Row]:
    """Head, code and what was not checked."""
    review = content.review
    return [
        *head.review_head(review, content.item, content.path, width),
        head.rule("Code", width),
        *code_rows(content, width),
        *head.not_checked(review.not_checked, width),
    ]


def code_rows(content: Content, width: int) -> list[Row]:
    """The code with each finding under its line, folded where nothing is to be seen."""
    steps, source = content.steps, content.source
    signs = {step.sign for step in steps}
    edited = len(signs) > 1
    room = width - gutter_width(content.digits)
    shown = visible(content.review.findings, content.level)
    flags, notes = _places(shown, len(source))
    rows: list[Row] = []
    for step in steps:
        if step.sign == "-":
            old = content.base[step.old]
            rows.append(Row("code", old, None, "-", tinted=True, marks=step.marks))
            continue
        number = step.new + 1
        added = edited and step.sign == "+"
        rows.append(
            Row(
                "code", source[step.new], number, step.sign, worst(flags.get(number, [])),
                tinted=added, marks=step.marks,
            )
        )  # fmt: skip
        for index in notes.get(number, ()):
            rows += head.finding_rows(content.review.findings[index], index, room)
    return folded(rows, edited=edited)


def _places(
    findings: Iterable[tuple[int, Finding]], lines: int
) -> tuple[dict[int, list[Severity]], dict[int, list[int]]]:
    """Which lines carry a flag, and under which lines the notes stand."""
    flags: dict[int, list[Severity]] = {}
    notes: dict[int, list[int]] = {}
    for index, finding in findings:
        first, last = span(finding, lines)
        flags.setdefault(first, []).append(finding.severity)
        under = last if last - first < LONGEST_CALL else first
        notes.setdefault(under, []).append(index)
    return flags, notes


def span(finding: Finding, lines: int) -> tuple[int, int]:
    """First and last line of what is flagged, within a file of so many lines."""
    first = min(max(1, finding.line), max(1, lines))
    return first, min(max(first, finding.end_line), max(1, lines))


def at_line(findings: Sequence[tuple[int, Finding]], line: int, lines: int) -> list[int]:
    """The findings whose code this line belongs to: those that begin there first."""
    inside = []
    for index, finding in findings:
        first, last = span(finding, lines)
        if first <= line <= last:
            inside.append((line != first, first - last, index))
    return [index for *_, index in sorted(inside, key=lambda one: (one[0], -one[1]))]

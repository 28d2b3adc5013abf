"""A review as a document for scripts, and as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from opsmig_tui.review.model import GLYPHS, Finding, Review, Severity
from opsmig_tui.review.offsets import characters

SCHEMA_VERSION = 1
_MOST_SENTENCES = 12


def to_json(review: Review, *, live: bool = False) -> dict[str, Any]:
    """The documented shape of `opsmig review --json`. Lines are 1-based, columns 0-based. With
    `live` it has the sentences about this database's rows."""
    return {
        "schema_version": SCHEMA_VERSION,
        "file": str(review.path),
        "revision": review.revision,
        "message": review.message,
        "summary": {
            "text": review.summary.text,
            "upgrade": list(review.summary.upgrade),
            "downgrade": list(review.summary.downgrade),
        },
        "findings": [_finding(item, live) for item in review.findings],
        "not_checked": [{"rule": n.rule, "reason": n.reason} for n in review.not_checked],
        "not_seen": list(review.not_seen),
        "suppressed": [
            {**_finding(one.finding, live), "reason": one.reason} for one in review.suppressed
        ],
        "left_alone": review.left_alone,
    }


def _finding(item: Finding, live: bool) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "severity": item.severity,
        "line": item.line,
        "end_line": item.end_line or item.line,
        "column": item.column,
        "message": item.message,
        "why": item.why,
        "remedy": item.remedy,
        "fixable": item.fixable,
        "evidence": item.evidence,
        "live": item.live if live else "",
    }


def to_text(review: Review, width: int = 100, *, live: bool = False) -> str:
    """What a good compiler would print: summary, each finding under its line of code, counts. With
    `live` what this database says to a finding, too."""
    width = max(width, 40)
    lines = [f"{review.path.name}  {review.revision}  {review.message}".rstrip(), ""]
    lines += _summary("upgrade", review.summary.upgrade, width)
    lines += _summary("downgrade", review.summary.downgrade, width)
    source = review.source.split("\n")
    for item in review.findings:
        lines += ["", *_finding_lines(review, item, source, width, live)]
    if review.not_checked or review.not_seen or review.suppressed or review.left_alone:
        lines.append("")
    if review.left_alone:
        lines += _wrapped(f"left alone: not above {review.left_alone}", width, "  ")
    for one in review.suppressed:
        where = f"line {one.finding.line}"
        why = one.reason or "no reason given"
        lines += _wrapped(f"ignored: {one.finding.rule}, {where}: {why}", width, "  ")
    reasons: dict[str, list[str]] = {}
    for entry in review.not_checked:
        reasons.setdefault(entry.reason, []).append(entry.rule)
    for reason, rules in reasons.items():
        lines += _wrapped(f"not checked ({reason}): {', '.join(rules)}", width, "  ")
    for text in review.not_seen:
        lines += _wrapped(f"not seen: {text}", width, "  ")
    return "\n".join([*lines, "", counts(review)])


def counts(review: Review) -> str:
    """ "1 error, 2 warnings", or "no findings"."""
    return totals([review])


def totals(reviews: Iterable[Review]) -> str:
    """The same of several."""
    reviews = list(reviews)
    severities: tuple[Severity, ...] = ("error", "warning", "note")
    told = [
        f"{GLYPHS[name]} {count} {name}{'s' if count > 1 else ''}"
        for name in severities
        if (count := sum(review.count(name) for review in reviews))
    ]
    return ", ".join(told) or "✓ no findings"


def _summary(label: str, sentences: tuple[str, ...], width: int) -> list[str]:
    indent = " " * 11
    if not sentences:
        return [f"{label:<11}does nothing"]
    shown = list(sentences[:_MOST_SENTENCES])
    if len(sentences) > len(shown):
        shown.append(f"… and {len(sentences) - len(shown)} more")
    lines = [part for text in shown for part in _wrapped(text, width, "  ", indent)]
    return [f"{label:<11}{lines[0].strip()}", *lines[1:]]


def _finding_lines(
    review: Review, item: Finding, source: list[str], width: int, live: bool
) -> list[str]:
    place = f"{review.path.name}:{item.line}:{item.column + 1}"
    lines = _wrapped(f"{place}: {GLYPHS[item.severity]} {item.rule}: {item.message}", width, "    ")
    if 0 < item.line <= len(source):
        lines += _code(item, source[item.line - 1], width)
    lines += _wrapped(f"why: {item.why}", width, "       ", "  ")
    if live and item.live:
        lines += _wrapped(f"here: {item.live}", width, "       ", "  ")
    lines += _wrapped(f"fix: {item.remedy}", width, "       ", "  ")
    return lines


def _code(item: Finding, line: str, width: int) -> list[str]:
    """The line with what is meant underlined. Columns are UTF-8 offsets: turned into characters."""
    start = characters(line, item.column)
    end = len(line.rstrip())
    if item.end_line in (0, item.line) and item.end_column > item.column:
        end = min(end, characters(line, item.end_column))
    number = f"{item.line:>6} │ "
    room = width - len(number)
    shown = line.expandtabs(1).rstrip()
    shown = shown if len(shown) <= room else shown[: room - 1] + "…"
    under = "^" * max(1, min(end, room) - start) if start < room else ""
    return [number + shown, " " * 6 + " │ " + " " * start + under]


def _wrapped(text: str, width: int, rest: str, first: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=first + rest,
        break_on_hyphens=False,
        break_long_words=False,
    ) or [first]

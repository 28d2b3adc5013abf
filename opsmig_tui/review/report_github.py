"""Workflow commands: GitHub shows them as annotations at the changed lines.

The form and its escapes are those of actions/toolkit (packages/core, command.ts).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.review.model import Finding, Review, Severity
from opsmig_tui.review.offsets import characters, last_line, line_at, lines_of
from opsmig_tui.review.report import totals

if TYPE_CHECKING:
    from opsmig_tui.review.reports import Report

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def to_github(report: Report, live: bool = False) -> str:
    """A line a finding; then, for the log alone, what is ignored or left alone, and the counts."""
    lines = []
    for review in report.reviews:
        source = lines_of(review)
        lines += [_finding(report, review.path, item, source, live) for item in review.findings]
    for one in report.failed:
        place = {"file": report.relative(one.path), "title": "not reviewed"}
        lines.append(_command("error", place, one.reason))
    lines += (_plain(line) for review in report.reviews for line in _unsaid(report, review))
    return "\n".join([*lines, totals(report.reviews)])


def _unsaid(report: Report, review: Review) -> Iterator[str]:
    """What is no annotation, but not to be kept quiet about either."""
    file = report.relative(review.path)
    if review.left_alone:
        yield f"left alone: {file}, not above {review.left_alone}"
    for one in review.suppressed:
        where = f"{file} line {one.finding.line}"
        yield f"ignored: {one.finding.rule}, {where}: {one.reason or 'no reason given'}"


def _plain(text: str) -> str:
    """A line that is no command: those of the older form, ``##[name]``, count anywhere in it."""
    return " ".join(text.split()).replace("##[", "## [")


def _finding(report: Report, path: Path, item: Finding, source: list[str], live: bool) -> str:
    place = {
        "file": report.relative(path),
        "line": str(item.line),
        "endLine": str(last_line(item)),
        "title": item.rule,
    }
    # GitHub takes columns only of findings in one line.
    if last_line(item) == item.line:
        line = line_at(source, item.line)
        place["col"] = str(characters(line, item.column) + 1)
        if item.end_column > item.column:
            place["endColumn"] = str(characters(line, item.end_column) + 1)
    told = [item.message, item.why, *([item.live] if live and item.live else []), item.remedy]
    return _command(_COMMANDS[item.severity], place, "\n".join(told))


def _command(name: str, properties: dict[str, str], message: str) -> str:
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

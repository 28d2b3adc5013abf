"""One or several reviews in the format somebody asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from opsmig_tui.review.model import Review, Severity
from opsmig_tui.review.report import SCHEMA_VERSION, to_json, to_text, totals
from opsmig_tui.review.report_github import to_github
from opsmig_tui.review.report_markdown import to_markdown
from opsmig_tui.review.report_sarif import to_sarif

_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class NotReviewed:
    """A file that could not be reviewed, and why, in a sentence."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Report:
    """What was asked for: `many` where it was for any number of files, if only one was found.
    Paths are shown relative to `root`, the repository's top."""

    reviews: tuple[Review, ...]
    failed: tuple[NotReviewed, ...] = ()
    root: Path = Path()
    many: bool = True

    def exit_status(self, fail_on: Severity = "error") -> int:
        """2 where a file could not be reviewed, 1 for a finding as severe as `fail_on`, else 0."""
        if self.failed:
            return 2
        found = (item for review in self.reviews for item in review.findings)
        return int(any(_RANK[item.severity] <= _RANK[fail_on] for item in found))

    def relative(self, path: Path) -> str:
        """The path as documents name it: from the repository's top, with slashes."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return path.as_posix()


def render(report: Report, form: str, *, width: int = 100, live: bool = False) -> str:
    """The report as "text", "json", "github", "sarif" or "markdown". `live`: with the sentences
    about this database's rows. `width` is the terminal's, for text."""
    if form == "text":
        return _text(report, width, live)
    return _FORMATS[form](report, live)


def _text(report: Report, width: int, live: bool) -> str:
    if not report.many:
        return to_text(report.reviews[0], width, live=live)
    if not report.reviews:
        return "No revision to review." if not report.failed else "No revision was reviewed."
    parts = []
    for review in report.reviews:
        if review.findings:
            parts.append(to_text(review, width, live=live))
        else:
            parts.append(f"{review.path.name}  {review.revision}  ✓ no findings")
    blank = ["\n" if review.findings else "" for review in report.reviews]
    body = "\n".join(part + end for part, end in zip(parts, blank, strict=True))
    count = len(report.reviews)
    return f"{body}\n{count} file{'s' if count != 1 else ''}: {totals(report.reviews)}"


def _json(report: Report, live: bool) -> str:
    if not report.many:
        return json.dumps(to_json(report.reviews[0], live=live), indent=2)
    document = {
        "schema_version": SCHEMA_VERSION,
        "reviews": [to_json(review, live=live) for review in report.reviews],
        "not_reviewed": [{"file": str(one.path), "reason": one.reason} for one in report.failed],
    }
    return json.dumps(document, indent=2)


_FORMATS: dict[str, Callable[[Report, bool], str]] = {
    "json": _json,
    "github": to_github,
    "sarif": to_sarif,
    "markdown": to_markdown,
}

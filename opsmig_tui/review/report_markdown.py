"""Markdown to be pasted into a pull request: in words, findings, the SQL, the locks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.locks import Lock
from opsmig_tui.review.model import GLYPHS, Finding, Review
from opsmig_tui.review.report import counts, totals
from opsmig_tui.review.statement_locks import statement_locks
from opsmig_tui.worker.protocol import RenderedDirection

if TYPE_CHECKING:
    from opsmig_tui.review.reports import Report

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
# A person or an issue that a text happens to name is not to be told of it.
_REFERENCE = re.compile(r"@(?=\w)|(?<=#)(?=\d)")
_MOST_SENTENCES = 12


def to_markdown(report: Report, live: bool = False) -> str:
    """The whole report. `live`: with what this database says of its rows."""
    parts = [_section(report, review, live) for review in report.reviews]
    for one in report.failed:
        parts.append(
            f"### {_span(report.relative(one.path))}\n\nNot reviewed: {escaped(one.reason)}"
        )
    if report.many:
        count = len(report.reviews)
        files = f"{count} migration{'s' if count != 1 else ''}"
        parts.insert(0, f"## {files}: {totals(report.reviews)}")
    return "\n\n".join(parts)


def one_markdown(review: Review, live: bool = False) -> str:
    """One review alone, named by its file."""
    from opsmig_tui.review.reports import Report

    return to_markdown(Report((review,), root=review.path.parent, many=False), live)


def escaped(text: str) -> str:
    """Text that shows as it is, and calls for nobody."""
    marked = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _REFERENCE.sub(lambda found: f"{found[0]}<!-- -->", marked)


def _span(text: str) -> str:
    """Text as code in one line, whatever backticks are in it."""
    text = " ".join(text.split())
    fence = _longer(text, 1)
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _longer(text: str, least: int) -> str:
    """More backticks than stand together in the text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)


def _section(report: Report, review: Review, live: bool) -> str:
    title = f"{_span(review.revision)} {escaped(review.message)}".rstrip()
    lines = [f"### {title}", "", f"{_span(report.relative(review.path))}: {counts(review)}", ""]
    lines += [f"- **upgrade** {_words(review.summary.upgrade)}"]
    lines += [f"- **downgrade** {_words(review.summary.downgrade)}"]
    if review.left_alone:
        lines += ["", f"At or below {_span(review.left_alone)}: old history is left alone."]
    if review.findings:
        lines += ["", "| | rule | line | what, why, what to do |", "|---|---|---|---|"]
        lines += [_row(item, live) for item in review.findings]
    if review.suppressed:
        lines += ["", "Ignored with a comment:", ""]
        lines += [
            f"- {_span(one.finding.rule)} in line {one.finding.line}: "
            f"{escaped(one.reason or 'no reason given')}"
            for one in review.suppressed
        ]
    lines += [f"\nNot seen: {escaped(text)}" for text in review.not_seen]
    return "\n".join([*lines, *_sql(review)])


def _words(sentences: tuple[str, ...]) -> str:
    shown = [escaped(text) for text in sentences[:_MOST_SENTENCES]]
    if len(sentences) > len(shown):
        shown.append(f"and {len(sentences) - len(shown)} more")
    return ", ".join(shown) or "does nothing"


def _row(item: Finding, live: bool) -> str:
    told = [f"**{escaped(item.message)}**", escaped(item.why)]
    if live and item.live:
        told.append(escaped(item.live))
    told.append(f"*{escaped(item.remedy)}*")
    glyph = f"{GLYPHS[item.severity]} {item.severity}"
    return f"| {glyph} | {_span(item.rule)} | {item.line} | {'<br>'.join(told)} |"


def _sql(review: Review) -> Iterator[str]:
    rendered = review.rendered
    if rendered is None:
        if review.not_rendered:
            yield f"\nNo SQL: {escaped(review.not_rendered)}."
        return
    for name, direction in (("upgrade", rendered.upgrade), ("downgrade", rendered.downgrade)):
        if not direction.statements and not direction.problem:
            continue
        yield f"\n<details><summary>SQL of {name}</summary>\n"
        text = "\n\n".join(f"{one.sql.strip().rstrip(';')};" for one in direction.statements)
        if text:
            fence = _longer(text, 3)
            yield f"{fence}sql\n{text}\n{fence}\n"
        if direction.problem:
            yield f"It ends here: {escaped(direction.problem)}.\n"
        yield from _locks(direction)
        yield "</details>"


def _locks(direction: RenderedDirection) -> Iterator[str]:
    """The strongest lock of each table, the strongest first."""
    strongest: dict[str, Lock] = {}
    for held in statement_locks(direction):
        for lock in held:
            known = strongest.get(lock.table)
            if known is None or known.strength < lock.strength:
                strongest[lock.table] = lock
    if not strongest:
        return
    yield "| lock | table | meanwhile |\n|---|---|---|"
    for lock in sorted(strongest.values(), key=lambda one: (-one.strength, one.table)):
        yield f"| {lock.mode} | {_cell(lock.table)} | {escaped(lock.blocks)} |"
    yield ""


def _cell(text: str) -> str:
    return _span(text).replace("|", "\\|")

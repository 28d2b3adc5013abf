"""Words around the code: what a revision is and does, what a finding says, what went unchecked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.review.model import GLYPHS, Finding, NotChecked, Review, Severity
from opsmig_tui.ui.panes.review.levels import LEVEL_WORDS, LEVELS, shows
from opsmig_tui.ui.panes.review.rows import Row
from opsmig_tui.ui.widgets.paint import cut_start, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from opsmig_tui.changes.model import FileChange
    from opsmig_tui.history.model import Revision
    from opsmig_tui.ui.widgets.code import Piece

LABEL = 11
#: Operations shown before the rest is folded away by a count.
MOST_OPERATIONS = 12
#: Cells beside a rule's name that are worth beginning a sentence in.
NARROWEST = 12
_SIGNS = (
    (("adds", "add", "creates", "create", "inserts"), "+", "added"),
    (("drops", "drop", "removes", "remove", "deletes", "truncates"), "−", "removed"),
)


def text(*pieces: Piece) -> Row:
    return Row("text", pieces)


def rule(name: str, width: int, ink: str = "heading") -> Row:
    """A line across with a name in it."""
    return text((f" {name} ", ink), ("─" * max(0, width - len(name) - 3), "edge"))


def field(label: str, value: str, width: int, ink: str = "text") -> list[Row]:
    """``label   value``, wrapped beneath itself."""
    first, *rest = wrap(value, width - LABEL - 2)
    rows = [text((f" {label:<{LABEL}}", "dim"), (first, ink))]
    return rows + [text((" " * (LABEL + 1), "dim"), (part, ink)) for part in rest]


def operations(label: str, sentences: Sequence[str], width: int) -> list[Row]:
    """One sentence a row, each with the sign of what it does."""
    if not sentences:
        return [text((f" {label:<{LABEL}}", "dim"), ("does nothing", "dim"))]
    rows: list[Row] = []
    for sentence in sentences[:MOST_OPERATIONS]:
        sign, ink = _sign(sentence)
        shown_label = label if not rows else ""
        first, *rest = wrap(sentence, width - LABEL - 4)
        rows.append(text((f" {shown_label:<{LABEL}}", "dim"), (sign + " ", ink), (first, "text")))
        rows += [text((" " * (LABEL + 3), "dim"), (part, "text")) for part in rest]
    more = len(sentences) - MOST_OPERATIONS
    if more > 0:
        rows.append(text((" " * (LABEL + 3), "dim"), (f"… and {more} more", "dim")))
    return rows


def _sign(sentence: str) -> tuple[str, str]:
    verb = sentence.split(" ", 1)[0].lower()
    return next(((sign, ink) for verbs, sign, ink in _SIGNS if verb in verbs), ("~", "changed"))


def shown_path(path: Path, roots: Iterable[Path]) -> str:
    """The path from the first of these folders that holds it."""
    for root in roots:
        if path.is_relative_to(root):
            return str(path.relative_to(root))
    return str(path)


def identity(item: Revision, path: str, width: int) -> list[Row]:
    """Revision, parents, date, labels and file: the verbose view of alembic, in columns."""
    parents = ", ".join(item.down_revisions) or "none: this is the base"
    word = "parents" if item.is_merge else "parent"
    date = item.date[:16]
    if len(item.revision) + len(parents) + len(date) + 2 * LABEL + 12 <= width:
        pieces: list[Piece] = [(f" {'revision':<{LABEL}}", "dim"), (item.revision, "strong")]
        pieces += [(f"   {word} ", "dim"), (parents, "text")]
        rows = [text(*pieces, ("   " + date, "dim"))]
    else:
        rows = field("revision", item.revision, width, "strong")
        rows += field(word, parents, width)
        rows += field("date", date, width) if date else []
    if item.branch_labels:
        rows += field("label", ", ".join(item.branch_labels), width)
    if item.depends_on:
        rows += field("depends on", ", ".join(item.depends_on), width)
    if item.computed:
        said = "This file works out its ids when it runs"
        said += (
            "; known after the worker starts." if item.unknown else ": this is alembic's answer."
        )
        rows += field("computed", said, width, "warning")
    return rows + field("file", path, width)


def review_head(review: Review, item: Revision | None, path: str, width: int) -> list[Row]:
    """What stands above the code."""
    path = cut_start(path, width - LABEL - 2)
    rows = identity(item, path, width) if item is not None else field("file", path, width)
    rows.append(text())
    rows += operations("upgrade", review.summary.upgrade, width)
    rows += operations("downgrade", review.summary.downgrade, width)
    for at, words in enumerate(review.not_seen):
        rows += field("not seen" if at == 0 else "", words, width, "warning")
    rows += [text()]
    return rows


def details(
    item: Revision, path: str, children: Sequence[str], told: Sequence[str], width: int
) -> list[Row]:
    """A revision in words, with its whole docstring. `told`: how it stands in git and database."""
    rows = identity(item, path, width)
    if children:
        rows += field("children", ", ".join(children), width)
    for at, words in enumerate(told):
        rows += field("" if at else "stands", words, width)
    rows.append(text())
    for paragraph in item.docstring.strip().splitlines():
        rows += [text((" " + part, "text")) for part in wrap(paragraph, width - 2)]
    return rows


def change_head(change: FileChange, where: str, width: int) -> list[Row]:
    """What stands above a model file's diff: the same changes in terms of models."""
    inks = {"+": "added", "-": "removed", "~": "changed"}
    rows = field("file", change.shown, width, "strong")
    if where:
        rows += field("stands", where, width)
    for at, item in enumerate(change.models):
        rows.append(
            text(
                (f" {'models' if at == 0 else '':<{LABEL}}", "dim"),
                (item.sign.replace("-", "−") + " ", inks[item.sign]),
                (item.subject, "text"),
                (f"  {item.detail}" if item.detail else "", "dim"),
            )
        )
    return [*rows, text()]


def led(lead: str, words: str, width: int) -> tuple[str, list[str]]:
    """The words after a lead: what fits beside it, and the lines beneath (all, when narrow)."""
    if width - len(lead) < NARROWEST:
        return "", wrap(words, width)
    first, *rest = wrap(words, width, len(lead))
    return first, rest


def finding_rows(finding: Finding, index: int, width: int) -> list[Row]:
    """The finding under its line: rule and message, what this database adds, why, and what to do.

    `width` is the note's.
    """
    severity: Severity = finding.severity
    evidence = {"live": "  (this database)", "rendered": "  (from the SQL)", "static": ""}
    lead = finding.rule + "  "
    first, rest = led(lead, finding.message, width - 3)
    rows = [_note(index, ("╰ ", severity), (lead, "strong"), (first, severity))]
    rows += [_note(index, ("  ", severity), (part, severity)) for part in rest]
    if evidence[finding.evidence] and not finding.live:
        rows[-1] = _note(index, *rows[-1].pieces, (evidence[finding.evidence], "dim"))
    told = (
        ("• ", finding.live, "accent"),
        ("  ", finding.why, "dim"),
        ("→ ", finding.remedy, "text"),
    )
    for mark, words, ink in told:
        for at, part in enumerate(wrap(words, width - 5) if words else []):
            rows.append(_note(index, ("  " + (mark if at == 0 else "  "), severity), (part, ink)))
    return rows


def _note(index: int, *pieces: Piece) -> Row:
    return Row("note", pieces, finding=index)


def not_checked(items: Sequence[NotChecked], width: int) -> list[Row]:
    """Which rules went without their facts, grouped by the reason."""
    if not items:
        return []
    reasons: dict[str, list[str]] = {}
    for item in items:
        reasons.setdefault(item.reason, []).append(item.rule)
    rows = [text(), rule("Not checked", width)]
    for reason, rules in reasons.items():
        rows += [text((" " + part, "text")) for part in wrap(reason, width - 2)]
        rows += [text(("   " + part, "dim")) for part in wrap(", ".join(rules), width - 4)]
    return rows


def counts(review: Review, level: Severity = "note") -> list[Piece]:
    """✖ 1  ▲ 2  ● 1 for the title, or that there is nothing; first which are shown, if not all."""
    found = [
        (f"{GLYPHS[name]} {review.count(name)}", str(name))
        for name in reversed(LEVELS)
        if review.count(name) and shows(level, name)
    ]
    left = [(LEVEL_WORDS[level], "pending")] if LEVEL_WORDS[level] else []
    if not review.findings:
        found = [("✓ no flags", "applied")]
    elif not found:
        found = [("none", "dim")]
    return [("  " * bool(at) + words, ink) for at, (words, ink) in enumerate([*left, *found])]

"""All that can be mended without asking, each fix on the text that the last one left."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from opsmig_tui.review.engine import review_source, subject_of
from opsmig_tui.review.fixes.checked import by_text_alone, mended
from opsmig_tui.review.fixes.model import Fix, FixRefused
from opsmig_tui.review.fixes.planners import PRIORITY, plan, refusal
from opsmig_tui.review.model import Facts, Finding, Review

MOST = 200  # a fix that brings another forever would otherwise never end


@dataclass(frozen=True)
class Skipped:
    """A finding that was not mended, with the reason in a sentence: also one that has a fix as a
    rule, and none here."""

    finding: Finding
    reason: str


@dataclass(frozen=True)
class Everything:
    """`done` are findings and their fixes in the order in which they were made."""

    source: str
    done: tuple[tuple[Finding, Fix], ...] = ()
    skipped: tuple[Skipped, ...] = ()


def fix_everything(path: Path, source: str, facts: Facts) -> Everything:
    """The text with every fix made that asks nothing. Raises NotReviewable."""
    done: list[tuple[Finding, Fix]] = []
    skipped: dict[tuple[str, str], Skipped] = {}
    review = review_source(path, source, facts)
    subject = subject_of(path, source, facts)
    while len(done) < MOST and (open_ones := _open(review, skipped)):
        finding = min(open_ones, key=lambda f: (PRIORITY[f.rule], f.line))
        fix = plan(subject, finding)
        if fix is None or fix.ask is not None:
            reason = fix.ask.question if fix is not None and fix.ask is not None else ""
            skipped[finding.rule, finding.message] = Skipped(finding, f"It asks: {reason}")
            continue
        try:
            review = mended(by_text_alone(review), finding, fix)
        except FixRefused as refused:
            skipped[finding.rule, finding.message] = Skipped(finding, str(refused))
            continue
        done.append((finding, fix))
        subject = subject_of(path, review.source, review.facts)
    for item in review.findings:
        if not item.fixable and (reason := refusal(subject, item)):
            skipped[item.rule, item.message] = Skipped(item, reason)
    return Everything(review.source, tuple(done), tuple(skipped.values()))


def _open(review: Review, skipped: Container[tuple[str, str]]) -> list[Finding]:
    return [f for f in review.findings if f.fixable and (f.rule, f.message) not in skipped]

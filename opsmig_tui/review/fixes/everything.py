"""All that can be mended without asking, each fix on the text that the last one left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from opsmig_tui.review.engine import review_source, subject_of
from opsmig_tui.review.fixes.checked import fixed
from opsmig_tui.review.fixes.model import Fix, FixRefused
from opsmig_tui.review.fixes.planners import PRIORITY, plan, refusal
from opsmig_tui.review.model import Facts, Finding

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
    while len(done) < MOST:
        findings = review_source(path, source, facts).findings
        subject = subject_of(path, source, facts)
        open_ones = [f for f in findings if f.fixable and (f.rule, f.message) not in skipped]
        if not open_ones:
            for item in findings:
                if not item.fixable and (reason := refusal(subject, item)):
                    skipped[item.rule, item.message] = Skipped(item, reason)
            break
        finding = min(open_ones, key=lambda f: (PRIORITY[f.rule], f.line))
        fix = plan(subject, finding)
        if fix is None or fix.ask is not None:
            reason = fix.ask.question if fix is not None and fix.ask is not None else ""
            skipped[finding.rule, finding.message] = Skipped(finding, f"It asks: {reason}")
            continue
        try:
            source = fixed(path, source, facts, finding, fix)
        except FixRefused as refused:
            skipped[finding.rule, finding.message] = Skipped(finding, str(refused))
            continue
        done.append((finding, fix))
        # What the migration emits was rendered from a text that is no more.
        facts = replace(facts, rendered=None)
    return Everything(source, tuple(done), tuple(skipped.values()))

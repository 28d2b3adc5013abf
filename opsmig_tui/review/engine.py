"""One file and what is known about it -> a review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from opsmig_tui.review.errors import NotReviewable
from opsmig_tui.review.merged import merged, not_seen
from opsmig_tui.review.migration import read_migration
from opsmig_tui.review.model import Facts, Finding, NotChecked, Review, Severity
from opsmig_tui.review.probes import Questions
from opsmig_tui.review.rules import ALL, check_rule_ids
from opsmig_tui.review.second_opinion import with_second_opinion
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.summary import summarize
from opsmig_tui.review.told import told
from opsmig_tui.worker.protocol import Probe

__all__ = ["NotReviewable", "questions", "review_source"]

_WEIGHT: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


def review_source(path: Path, source: bytes | str, facts: Facts, *, diff_base: str = "") -> Review:
    """Reviews a revision file's text. Nothing of it is executed, nothing else is read.

    Raises NotReviewable when the text is no migration, OpsmigError for an unknown id in
    `facts.ignore`, and nothing else whatever the text is.
    """
    check_rule_ids(sorted(facts.ignore), "the ignored rules")
    migration = read_migration(path, source)
    try:
        migration = merged(migration, facts.rendered)
        findings, unchecked = _judge(Subject(migration, facts))
        summary = summarize(migration)
    except RecursionError:
        raise NotReviewable(f"{path.name}: nested too deeply to be reviewed.") from None
    return Review(
        path=path,
        revision=migration.revision.revision,
        source=migration.source,
        summary=summary,
        findings=_merged(findings),
        not_checked=tuple(unchecked.values()),
        diff_base=diff_base,
        message=migration.revision.message,
        not_seen=not_seen(migration, facts),
        rendered=facts.rendered,
        not_rendered=facts.no_render_reason if facts.rendered is None else "",
    )


def questions(path: Path, source: bytes | str, facts: Facts) -> tuple[Probe, ...]:
    """What a review of the text would ask of live data, at most MOST questions: whatever its rules
    look up. Raises NotReviewable."""
    asked = Questions()
    migration = read_migration(path, source)
    try:
        migration = merged(migration, facts.rendered)
        _judge(Subject(migration, replace(facts, live=asked)))
    except RecursionError:
        raise NotReviewable(f"{path.name}: nested too deeply to be reviewed.") from None
    return asked.probes()


def _judge(subject: Subject) -> tuple[list[Finding], dict[str, NotChecked]]:
    findings: list[Finding] = []
    unchecked: dict[str, NotChecked] = {}
    for rule in ALL.values():
        if rule.id in subject.facts.ignore or not rule.concerns(subject.version):
            continue
        for verdict in rule.check(subject):
            if isinstance(verdict, NotChecked):
                unchecked.setdefault(rule.id, verdict)
            else:
                findings.append(told(subject, verdict))
    return with_second_opinion(findings, subject, ALL), unchecked


def _merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """In reading order. What a loop or a helper repeats from one place is said once, counted."""
    groups: dict[tuple[str, str, int, int], list[Finding]] = {}
    for item in findings:
        groups.setdefault((item.rule, item.severity, item.line, item.column), []).append(item)
    merged = []
    for group in groups.values():
        others = len({item.message for item in group}) - 1
        first = group[0]
        more = f" (And {others} more from this place.)" if others else ""
        merged.append(replace(first, message=first.message + more))
    return tuple(sorted(merged, key=lambda f: (f.line, _WEIGHT[f.severity], f.rule)))

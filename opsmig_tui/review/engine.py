"""One file and what is known about it -> a review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from opsmig_tui.review.collection import no_collection
from opsmig_tui.review.conflicted import conflicted
from opsmig_tui.review.errors import NotReviewable
from opsmig_tui.review.fixes import fixable
from opsmig_tui.review.merged import merged, not_seen
from opsmig_tui.review.migration import read_migration
from opsmig_tui.review.model import Facts, Finding, NotChecked, Review, Severity
from opsmig_tui.review.precedence import one_voice
from opsmig_tui.review.probes import Questions
from opsmig_tui.review.rules import ALL, suppression
from opsmig_tui.review.rules.base import Rule
from opsmig_tui.review.rules.conflict import CONFLICT
from opsmig_tui.review.second_opinion import with_second_opinion
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.summary import summarize
from opsmig_tui.review.suppress import Suppressed, split
from opsmig_tui.review.told import told
from opsmig_tui.worker.protocol import Probe

__all__ = ["NotReviewable", "questions", "review_source", "subject_of"]

_WEIGHT: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@no_collection()
def review_source(path: Path, source: bytes | str, facts: Facts, *, diff_base: str = "") -> Review:
    """Reviews a revision file's text. Nothing of it is executed, nothing else is read.

    Raises NotReviewable when the text is no migration, and nothing else whatever the text is.
    """
    try:
        if _wanted(ALL[CONFLICT], facts, None):
            unresolved = conflicted(path, source, facts, diff_base)
            if unresolved is not None:
                findings = [_weighed(one, facts) for one in unresolved.findings]
                return replace(unresolved, findings=_ordered(findings))
        subject = subject_of(path, source, facts)
        migration = subject.migration
        findings, unchecked = _judge(subject)
        shown, hidden = _without_ignored(subject, findings, unchecked)
        shown = [replace(one, fixable=fixable(subject, one)) for one in shown]
        summary = summarize(migration)
    except RecursionError:
        raise NotReviewable(f"{path.name}: nested too deeply to be reviewed.") from None
    return Review(
        path=path,
        revision=migration.revision.revision,
        source=migration.source,
        summary=summary,
        findings=_ordered(shown),
        not_checked=tuple(unchecked.values()),
        suppressed=tuple(hidden),
        left_alone=facts.left_alone,
        diff_base=diff_base,
        message=migration.revision.message,
        not_seen=not_seen(migration, facts),
        rendered=facts.rendered,
        facts=facts,
        not_rendered=facts.no_render_reason if facts.rendered is None else "",
    )


def subject_of(path: Path, source: bytes | str, facts: Facts) -> Subject:
    """What the rules look at in a review of this text. Raises NotReviewable."""
    return Subject(merged(read_migration(path, source), facts.rendered), facts)


@no_collection()
def questions(path: Path, source: bytes | str, facts: Facts) -> tuple[Probe, ...]:
    """What a review of the text would ask of live data, at most MOST questions: whatever its rules
    look up. Raises NotReviewable."""
    asked = Questions()
    try:
        _judge(subject_of(path, source, replace(facts, live=asked)))
    except RecursionError:
        raise NotReviewable(f"{path.name}: nested too deeply to be reviewed.") from None
    return asked.probes()


def _judge(subject: Subject) -> tuple[list[Finding], dict[str, NotChecked]]:
    findings: list[Finding] = []
    unchecked: dict[str, NotChecked] = {}
    for rule in ALL.values():
        if not _wanted(rule, subject.facts, subject.version):
            continue
        for verdict in rule.check(subject):
            if isinstance(verdict, NotChecked):
                unchecked.setdefault(rule.id, verdict)
            else:
                findings.append(told(subject, verdict))
    findings = with_second_opinion(one_voice(findings), subject, ALL)
    weighed = [
        _weighed(one, subject.facts)
        for one in findings
        if _wanted(ALL[one.rule], subject.facts, subject.version)
    ]
    return weighed, unchecked


def _wanted(rule: Rule, facts: Facts, version: int | None) -> bool:
    if rule.id in facts.ignore or facts.severities.get(rule.id) == "off":
        return False
    # Below `start-after` only what keeps alembic from running at all is worth a word.
    if facts.left_alone and (rule.category, rule.severity) != ("chain", "error"):
        return False
    return rule.concerns(version)


def _weighed(finding: Finding, facts: Facts) -> Finding:
    """With the severity that the settings give its rule for this file."""
    severity = facts.severities.get(finding.rule)
    if severity is None or severity == "off":
        return finding
    return replace(finding, severity=severity)


def _without_ignored(
    subject: Subject, findings: list[Finding], unchecked: Mapping[str, NotChecked]
) -> tuple[list[Finding], list[Suppressed]]:
    """What is shown and what a comment keeps from it; the comments themselves are judged too."""
    migration, facts, version = subject.migration, subject.facts, subject.version
    shown, hidden, used = split(_merged(findings), migration.suppressions)
    judged = {name for name, rule in ALL.items() if _wanted(rule, facts, version)} - set(unchecked)
    if facts.database is None or facts.models is None:
        judged -= suppression.NEEDS_FACTS
    if facts.residue is None:
        judged -= {"downgrade-residue"}
    opaque = [op.span for op in (*migration.upgrade, *migration.downgrade) if op.opaque]
    idle = [
        (item, name)
        for item in migration.suppressions
        if not any(item.touches(span.line, span.end_line) for span in opaque)
        for name in item.rules
        if name in judged and (item, name) not in used
    ]
    if _wanted(ALL[suppression.UNKNOWN], facts, version):
        shown += (_weighed(one, facts) for one in suppression.unknown(migration.suppressions, ALL))
    if _wanted(ALL[suppression.UNUSED], facts, version):
        shown += (_weighed(one, facts) for one in suppression.unused(idle))
    return shown, hidden


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
    return _ordered(merged)


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda f: (f.line, _WEIGHT[f.severity], f.rule)))

"""What squawk says of the rendered SQL, under this tool's ids: each hazard still once.

squawk knows the SQL and nothing beside it: neither the database, nor the models, nor what
downgrade() undoes. So it speaks about upgrade() only, and where a rule of ours tells more finely
(which type changes rewrite, say) only about statements that our own reading could not make out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from opsmig_tui.review.model import Finding, Opinion
from opsmig_tui.review.operations import Operation, Span
from opsmig_tui.review.rules.base import Rule, flag
from opsmig_tui.review.sites import Sites, sites
from opsmig_tui.review.subject import Subject

PLAIN = {
    "require-concurrent-index-creation": "index-not-concurrent",
    "require-concurrent-index-deletion": "index-drop-not-concurrent",
    "ban-concurrent-index-creation-in-transaction": "concurrent-in-transaction",
    "adding-required-field": "not-null-no-default",
    "disallowed-unique-constraint": "unique-constraint",
    "adding-foreign-key-constraint": "fk-validated",
    "ban-drop-column": "drop-column",
    "ban-drop-table": "drop-table",
    "renaming-column": "rename-breaks-app",
    "renaming-table": "rename-breaks-app",
    "require-concurrent-reindex": "rewrite-command",
    "require-concurrent-partition-detach": "heavy-command",
}
"""squawk's rule → ours. https://squawkhq.com/docs/rules describes squawk's."""
FINER = {
    "adding-not-nullable-field": "set-not-null",
    "adding-field-with-default": "volatile-default",
    "adding-serial-primary-key-field": "rewriting-column",
    "changing-column-type": "type-change-rewrite",
    "ban-truncate-cascade": "truncate-or-delete-all",
}
"""Those that our own rule judges by more than the statement."""


def with_second_opinion(
    findings: list[Finding], subject: Subject, rules: Mapping[str, Rule]
) -> list[Finding]:
    """Our findings, "rendered" where squawk says the same, and what only squawk says."""
    rendered = subject.facts.rendered
    if not subject.facts.opinions or rendered is None or not subject.on_postgresql:
        return findings
    where = sites(subject.migration.tree)
    up = subject.migration.upgrade
    unread = {_site(where, i.span.line) for i in up if i.opaque}
    # A table that the revision makes itself is empty, and unseen by others.
    fresh = {_site(where, i.span.line) for i in up if subject.before(i).has_table(i)}
    found = list(findings)
    for opinion in subject.facts.opinions:
        rule = rules.get(PLAIN.get(opinion.rule) or FINER.get(opinion.rule) or "")
        if rule is None or rule.id in subject.facts.ignore or not rule.concerns(subject.version):
            continue
        places = {_site(where, line) for line in opinion.lines}
        same = list(_told(found, rule, places, where, rules))
        for at in same:
            if found[at].rule == rule.id and found[at].evidence == "static":
                found[at] = replace(found[at], evidence="rendered")
        if same or not places or places & fresh:
            continue
        if opinion.rule in PLAIN or places & unread:
            found.append(_finding(rule, opinion, up))
    return found


def _site(where: Sites, line: int) -> int:
    site = where.by_line.get(line, line)
    return where.batches.get(site, site)


def _told(
    findings: Iterable[Finding],
    rule: Rule,
    places: set[int],
    where: Sites,
    rules: Mapping[str, Rule],
) -> Iterator[int]:
    """Findings of ours at that place about the same kind of thing."""
    for at, item in enumerate(findings):
        own = rules.get(item.rule)
        related = own is not None and own.category == rule.category
        if related and _site(where, item.line) in places:
            yield at


def _finding(rule: Rule, opinion: Opinion, operations: tuple[Operation, ...]) -> Finding:
    line = opinion.lines[0]
    spans = (i.span for i in operations if i.span.line <= line <= (i.span.end_line or i.span.line))
    said = opinion.message.rstrip(".")
    found = flag(
        rule.id,
        rule.severity,
        next(spans, Span(line)),
        f"squawk: {said[:1].lower()}{said[1:]}.",
        rule.explanation.partition(". ")[0].rstrip(".") + ".",
        opinion.help or f"See what `opsmig rules {rule.id}` says.",
    )
    return replace(found, evidence="rendered")

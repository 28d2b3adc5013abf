"""Which rules have a fix, and the fixes of a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from opsmig_tui.review.fixes import (
    casts,
    chain,
    companions,
    downgrades,
    enum_reuse,
    enums,
    guards,
    imports,
    indexes,
    names,
    nulls,
    renames,
    table_renames,
)
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.model import Finding
from opsmig_tui.review.subject import Subject

Planner = Callable[[Subject, Finding], Iterable[Fix]]

# In the order in which "fix all" takes them: what others build on comes first.
_PLANNERS: Mapping[str, Planner] = {
    "missing-import": imports.missing,
    "wrong-parent": chain.wrong_parent,
    "revises-mismatch": chain.revises_mismatch,
    "rename-as-drop-add-table": table_renames.table,
    "rename-as-drop-add-column": renames.column,
    "constraint-renamed": names.renamed,
    "cast-without-using": casts.using,
    "enum-type-exists": enum_reuse.reused,
    "enum-type-missing": enums.type_missing,
    "enum-value-missing": enums.value_missing,
    "companion-table-missing": companions.table,
    "companion-column-missing": companions.column,
    "downgrade-empty": downgrades.empty,
    "downgrade-asymmetric": downgrades.asymmetric,
    "downgrade-enum-leak": enums.leak,
    "not-null-no-default": nulls.no_default,
    "not-null-no-backfill": nulls.no_backfill,
    "index-not-concurrent": indexes.concurrently,
    "index-drop-not-concurrent": indexes.concurrently,
    "concurrent-in-transaction": indexes.concurrently,
    "no-existence-guard": guards.guarded,
}
_REFUSALS: Mapping[str, Callable[[Subject, Finding], str]] = {
    "downgrade-empty": downgrades.why_not,
    "downgrade-asymmetric": downgrades.why_not,
}
EXPLAINED = frozenset(_REFUSALS)  # rules where `refusal` may say why there is no way
PRIORITY: Mapping[str, int] = {rule: at for at, rule in enumerate(_PLANNERS)}
RULES = frozenset(_PLANNERS)


def plans(subject: Subject, finding: Finding) -> tuple[Fix, ...]:
    """The ways to mend the finding, the best first; empty where the tool cannot."""
    planner = _PLANNERS.get(finding.rule)
    return tuple(planner(subject, finding)) if planner is not None else ()


def refusal(subject: Subject, finding: Finding) -> str:
    """Why there is no way to mend the finding, in a sentence; "" where that needs no words."""
    reason = _REFUSALS.get(finding.rule)
    return reason(subject, finding) if reason is not None else ""


def plan(subject: Subject, finding: Finding) -> Fix | None:
    """The best way to mend the finding."""
    return next(iter(plans(subject, finding)), None)


def fixable(subject: Subject, finding: Finding) -> bool:
    """Whether there is a way."""
    planner = _PLANNERS.get(finding.rule)
    return planner is not None and any(True for _ in planner(subject, finding))

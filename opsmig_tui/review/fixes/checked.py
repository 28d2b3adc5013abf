"""A fix, and what it promises: looked at after every one, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from opsmig_tui.history.model import Revision
from opsmig_tui.history.reader import read_revision
from opsmig_tui.review.companions import owner_table
from opsmig_tui.review.engine import review_source
from opsmig_tui.review.errors import NotReviewable
from opsmig_tui.review.fixes.model import Fix, FixRefused
from opsmig_tui.review.model import Facts, Finding, Review

GUARDS_SINCE = (1, 12)  # alembic's if_exists and if_not_exists; its changelog, 1.12.0
_MOVES = "wrong-parent"  # the one fix that is about the revision's parent


def fixed(
    path: Path, source: str, facts: Facts, finding: Finding, fix: Fix, value: str = ""
) -> str:
    """The new text. Raises what `mended` raises, and NotReviewable where the old text is none."""
    before = review_source(path, source, replace(facts, rendered=None))
    return mended(before, finding, fix, value).source


def by_text_alone(review: Review) -> Review:
    """Without what the migration emits: that was rendered from a text which a fix replaces, so old
    and new are compared without it. Raises NotReviewable."""
    if review.facts.rendered is None:
        return review
    return review_source(review.path, review.source, replace(review.facts, rendered=None))


def mended(before: Review, finding: Finding, fix: Fix, value: str = "") -> Review:
    """The review of the new text; `before` is one `by_text_alone`.

    Raises FixRefused, with the reason in a sentence, unless it parses, its place in the history is
    as before (but for wrong-parent), the finding is gone and there is no error that was not there
    before.
    """
    path, source, facts = before.path, before.source, before.facts
    guards = facts.alembic is None or facts.alembic >= GUARDS_SINCE
    new = fix.apply(source, value, guards=guards)
    if new == source:
        raise FixRefused("The fix would change nothing.")
    try:
        after = review_source(path, new, facts)
    except NotReviewable as error:
        raise FixRefused(f"The fixed file could not be reviewed: {error}") from error
    if finding.rule != _MOVES and _identity(path, new) != _identity(path, source):
        raise FixRefused("The fix would change the revision's place in the history.")
    refuse_what_is_worse(before, after, finding)
    return after


def refuse_what_is_worse(before: Review, after: Review, finding: Finding) -> None:
    """Raises FixRefused where the finding is still there, or an error is new."""
    sides = (before, after)
    old, new = (_count(side.findings) for side in sides)
    key = (finding.rule, finding.message)
    if new[key] and new[key] >= old[key]:
        raise FixRefused(f"The fix would not mend it: {finding.message}")
    # By rule: a finding that was there may tell of the same in other words.
    errors = [Counter(f.rule for f in side.findings if f.severity == "error") for side in sides]
    more = set(errors[1] - errors[0])
    known = {_owned(item, before) for item in before.findings} - {None}
    for item in after.findings:
        if item.severity != "error" or item.rule not in more or old[item.rule, item.message]:
            continue
        # What was said of a table is no news of the companion that follows it.
        if _owned(item, after) not in known:
            raise FixRefused(
                f"The fix would bring an error of its own ({item.rule}): {item.message}"
            )


def _owned(item: Finding, review: Review) -> tuple[str, ...] | None:
    """The rule and what it speaks of, the same for a versioned table and its companion."""
    made = item.operation
    if made is None or made.table is None:
        return None
    table = owner_table(review.facts, made.table)
    return item.rule, made.context.direction, table, made.column or ""


def _count(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter((item.rule, item.message) for item in findings)


def _identity(path: Path, source: str) -> tuple[object, ...]:
    own = read_revision(path, source)
    assert isinstance(own, Revision)  # a review of it was made
    return own.revision, own.down_revisions, own.branch_labels, own.depends_on

"""Mending what a review flags: the fixes of a finding, the change each would make, all at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from opsmig_tui.review.engine import subject_of
from opsmig_tui.review.fixes import Fix, FixRefused, plans
from opsmig_tui.review.fixes.checked import fixed
from opsmig_tui.review.fixes.everything import Everything, fix_everything
from opsmig_tui.review.fixes.planners import refusal
from opsmig_tui.review.model import Finding, Review
from opsmig_tui.workspace.edits import Proposal, proposal, reviewed_text


def fixes_of(review: Review, finding: Finding) -> tuple[Fix, ...]:
    """The ways to mend a finding of the review, the best first; empty where the tool has none.

    `Fix.title` says what each does, `Fix.ask` what it needs to be told (None: nothing).
    """
    return plans(subject_of(review.path, review.source, review.facts), finding)


def why_not(review: Review, finding: Finding) -> str:
    """Why the tool has no fix for the finding, in a sentence."""
    subject = subject_of(review.path, review.source, review.facts)
    reason = refusal(subject, finding)
    return reason or f"{finding.rule} cannot be fixed here. {finding.remedy}".strip()


async def propose(
    review: Review, finding: Finding, value: str = "", *, fix: Fix | None = None
) -> Proposal:
    """The change that mends the finding, by `fix` or its best one; `value` answers `fix.ask`.

    Nothing is written: `edits.write` does that. Raises ChangedOnDisk, and FixRefused with the
    reason in one sentence.
    """
    text = await asyncio.to_thread(reviewed_text, review)
    chosen = fix or next(iter(fixes_of(review, finding)), None)
    if chosen is None:
        raise FixRefused(why_not(review, finding))
    new = await asyncio.to_thread(
        fixed, review.path, review.source, review.facts, finding, chosen, value
    )
    return proposal(review, text, new, chosen.title)


@dataclass(frozen=True)
class AllProposed:
    """The change that mends all that asks nothing; `everything` tells what, and what not."""

    proposal: Proposal
    everything: Everything


async def propose_all(review: Review) -> AllProposed:
    """Every fix of the review that asks nothing, as one change. Raises ChangedOnDisk."""
    text = await asyncio.to_thread(reviewed_text, review)
    found = await asyncio.to_thread(fix_everything, review.path, review.source, review.facts)
    count = len(found.done)
    title = "Nothing to mend." if not count else f"{count} fix{'es' if count > 1 else ''}."
    return AllProposed(proposal(review, text, found.source, title), found)

"""opsmig review --fix and --diff: mend what asks nothing, and say what was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from opsmig_tui.cli.say import say

if TYPE_CHECKING:
    from opsmig_tui.review.model import Review
    from opsmig_tui.workspace.workspace import Workspace


async def fix(workspace: Workspace, review: Review, *, write: bool) -> None:
    """Makes every fix of the review that asks nothing, or with `write` False prints the diff.

    What was done, and what was not and why, goes to stderr. Raises OpsmigError.
    """
    from opsmig_tui.workspace import edits
    from opsmig_tui.workspace.fixes import propose_all

    found = await propose_all(review)
    if not write:
        for line in found.proposal.diff:
            click.echo(line)
    elif found.proposal.diff:
        await edits.write(workspace, found.proposal)
    name = review.path.name
    for finding, made in found.everything.done:
        verb = "fixed" if write else "would fix"
        say(f"{name}:{finding.line}: {verb} {finding.rule}: {made.title}", err=True)
    for item in found.everything.skipped:
        say(f"{name}:{item.finding.line}: left {item.finding.rule}: {item.reason}", err=True)
    if not found.everything.done and not found.everything.skipped:
        say(f"{name}: nothing that the tool can fix.", err=True)

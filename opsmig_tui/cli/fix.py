"""opsmig review --fix and --diff: mend what asks nothing, and say what was left."""

from __future__ import annotations

import sys
from pathlib import Path
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
        # Whole where another program reads it: git apply takes nothing that was left out.
        show = say if sys.stdout.isatty() else click.echo
        for line in _placed(found.proposal.diff, workspace, review.path):
            show(line)
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


def _placed(diff: tuple[str, ...], workspace: Workspace, path: Path) -> tuple[str, ...]:
    """The diff with the names that git apply goes by: from the repository's top."""
    project = workspace.project
    root = (project.repository or project.root).resolve()
    if not diff or not path.is_relative_to(root):
        return diff
    name = path.relative_to(root).as_posix()
    return (f"--- a/{name}", f"+++ b/{name}", *diff[2:])

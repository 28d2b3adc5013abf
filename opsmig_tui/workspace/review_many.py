"""Reviewing several revisions: which ones, and all that they have in common read only once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.model import Review
from opsmig_tui.review.reports import NotReviewed
from opsmig_tui.workspace.crash import crash_line
from opsmig_tui.workspace.live_facts import Known, with_live_facts
from opsmig_tui.workspace.rendering import render_all
from opsmig_tui.workspace.review import ask_worker, find_target, gather, judge
from opsmig_tui.workspace.shared import history_of, read_shared

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


async def choose(
    workspace: Workspace, targets: Sequence[str | Path], *, everything: bool, since: str | None
) -> list[Path]:
    """The files to review, in the order in which they run; what is named keeps its order.

    `everything`: every revision file, those too that cannot be read. `since`: those that are new on
    this branch beside that ref. Raises OpsmigError.
    """
    if everything:
        return _all(workspace)
    if since is not None:
        new = await new_since(workspace, since)
        return [path for path in _all(workspace) if path in new]
    return list(dict.fromkeys([await find_target(workspace, one) for one in targets]))


def _files(workspace: Workspace) -> list[Path]:
    history = history_of(workspace)
    unreadable = [one.path for one in history.problems if one.path and one.kind == "unreadable"]
    return list(dict.fromkeys([*(one.path for one in reversed(history.revisions)), *unreadable]))


def _all(workspace: Workspace) -> list[Path]:
    found = _files(workspace)
    if not found:
        where = ", ".join(str(one) for one in workspace.project.config.version_locations)
        raise OpsmigError(f"There is no revision to review in {where}.")
    return found


async def new_since(workspace: Workspace, ref: str) -> frozenset[Path]:
    """The revision files that are new on this branch beside `ref`. Raises OpsmigError."""
    from opsmig_tui.services import git

    project = workspace.project
    if project.repository is None:
        raise OpsmigError("--since needs git, and this project is in no git repository.")
    new = await git.new_files(project.repository, ref, project.config.version_locations)
    real = {path.resolve() for path in new}
    return frozenset(path for path in _files(workspace) if path in new or path.resolve() in real)


async def review_many(
    workspace: Workspace, paths: Iterable[Path], *, facts: bool = True
) -> tuple[list[Review], list[NotReviewed]]:
    """The reviews in this order, and the files that could not be. With `facts` False only what
    reading files tells. The models and the database are asked once."""
    paths = list(paths)
    shared = await read_shared(workspace)
    repository = workspace.project.repository
    if repository is not None:
        from opsmig_tui.services import git

        shared = replace(shared, committed=await git.committed_texts(repository, paths))
    if facts:
        shared = replace(shared, answer=await ask_worker(workspace))
        await render_all(workspace, paths)
    known: list[Known] = []
    reviews, failed = [], []
    for path in paths:
        try:
            known.append(await gather(workspace, path, shared, facts=facts))
        except OpsmigError as error:
            failed.append(NotReviewed(path, str(error)))
    if facts:
        live = await with_live_facts(workspace, known)
        known = [replace(one, facts=found) for one, found in zip(known, live, strict=True)]
    for one in known:
        try:
            reviews.append(await judge(workspace, one, shared))
        except OpsmigError as error:
            failed.append(NotReviewed(one.path, str(error)))
        except Exception as error:  # a fault of ours in one file is no reason to review no other
            failed.append(NotReviewed(one.path, f"{one.path.name}: {crash_line(error)}"))
    return reviews, failed

"""What a review may know of the database's position and of its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.model import History, Revision
from opsmig_tui.review.engine import questions
from opsmig_tui.review.errors import NotReviewable
from opsmig_tui.review.migration import Migration
from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import AskLive, LiveResult, Probe, ProbeAnswer
from opsmig_tui.workspace.standing import MOST_BEFORE, read_all
from opsmig_tui.workspace.status import describe, refresh

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


async def with_position(workspace: Workspace, path: Path, known: Facts) -> Facts:
    """Adds whether the revision is applied and what is to run before it, as far as the database's
    position is known."""
    view, applied = workspace.state.history.value, workspace.state.applied
    if view is None or applied is None:
        return known
    own = next((one for one in view.history.revisions if one.path == path), None)
    if own is None:
        return known
    before = await asyncio.to_thread(_pending, view.history, own, applied)
    return replace(known, applied=own.revision in applied, pending_before=before)


def _pending(history: History, own: Revision, applied: frozenset[str]) -> tuple[Migration, ...]:
    below = history.ancestors((own.revision,)) - applied - {own.revision}
    waiting = [one.path for one in history.revisions if one.revision in below][:MOST_BEFORE]
    return tuple(read_all(reversed(waiting)))


async def with_live_facts(workspace: Workspace, path: Path, source: bytes, known: Facts) -> Facts:
    """Adds what this database answers to all that the review would look up, or why it does not."""
    known = await ready_for_questions(workspace, path, known)
    if known.database is None or not workspace.project.settings.live:
        return known
    try:
        probes = await asyncio.to_thread(questions, path, source, known)
    except NotReviewable:
        return known  # the review itself says why
    answers = await ask(workspace, probes)
    if isinstance(answers, str):
        return replace(known, no_live_reason=answers)
    return replace(known, live=answers)


async def ready_for_questions(workspace: Workspace, path: Path, known: Facts) -> Facts:
    """Adds the position, which decides on the questions, and why none may be asked."""
    if known.database is None:
        return replace(known, no_live_reason=known.no_database_reason)
    if workspace.state.status.value is None:
        await refresh(workspace, "status", quiet=True)
    known = await with_position(workspace, path, known)
    if not workspace.project.settings.live:
        return replace(known, no_live_reason="live is off in the settings")
    return known


async def ask(workspace: Workspace, probes: Sequence[Probe]) -> Mapping[Probe, ProbeAnswer] | str:
    """The answers, read-only and within some seconds; or why there are none."""
    if not probes:
        return {}
    settings = workspace.project.settings
    request = AskLive(
        tuple(probes),
        timeout_ms=settings.live_timeout_ms,
        total_ms=3 * settings.live_timeout_ms,
        sample_above=settings.sample_above,
    )
    try:
        reader = await workspace.workers.reader()
        answer = await reader.request(request)
    except Exception as error:
        return f"no database: {describe(error)[0]}"
    assert isinstance(answer, LiveResult)
    if answer.problem:
        return f"no database: {answer.problem}"
    # By the questions as they were put: the worker masks whatever looks like a secret.
    pairs = zip(probes, answer.answers, strict=True)
    return {probe: replace(one, probe=probe) for probe, one in pairs}

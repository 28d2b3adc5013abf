"""What a review may know of the database's position and of its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.model import History, Revision
from opsmig_tui.review.engine import questions
from opsmig_tui.review.migration import Migration
from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import AskLive, LiveResult, Probe, ProbeAnswer
from opsmig_tui.workspace.standing import MOST_BEFORE, read_all
from opsmig_tui.workspace.status import describe, refresh

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

AT_ONCE = 200
"""Questions a request: one answer takes some milliseconds, and status waits behind them."""


@dataclass(frozen=True)
class Known:
    """A file to review and what is known of it so far."""

    path: Path
    source: bytes
    facts: Facts


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


async def with_live_facts(workspace: Workspace, files: Sequence[Known]) -> list[Facts]:
    """Each file's facts with what this database answers to all that its review would look up, or
    why it does not. Whatever several files ask is asked once."""
    ready = [replace(one, facts=await _ready(workspace, one)) for one in files]
    asked = [await asyncio.to_thread(_questions, workspace, one) for one in ready]
    every = dict.fromkeys(probe for probes in asked if probes for probe in probes)
    answers = await _ask(workspace, list(every))
    return [
        one.facts if probes is None else _answered(one.facts, probes, answers)
        for one, probes in zip(ready, asked, strict=True)
    ]


def _answered(
    known: Facts, probes: Sequence[Probe], answers: Mapping[Probe, ProbeAnswer] | str
) -> Facts:
    if isinstance(answers, str):
        return replace(known, no_live_reason=answers)
    return replace(known, live={probe: answers[probe] for probe in probes})


def _questions(workspace: Workspace, one: Known) -> tuple[Probe, ...] | None:
    """None where nothing may be asked."""
    if one.facts.database is None or not workspace.project.settings.live:
        return None
    try:
        return questions(one.path, one.source, one.facts)
    except Exception:
        return None  # the review itself says why


async def _ready(workspace: Workspace, one: Known) -> Facts:
    """Adds the position, which decides on the questions, and why none may be asked."""
    known = one.facts
    if known.database is None:
        return replace(known, no_live_reason=known.no_database_reason)
    if workspace.state.status.value is None:
        await refresh(workspace, "status", quiet=True)
    known = await with_position(workspace, one.path, known)
    if not workspace.project.settings.live:
        return replace(known, no_live_reason="live is off in the settings")
    return known


async def _ask(workspace: Workspace, probes: list[Probe]) -> Mapping[Probe, ProbeAnswer] | str:
    """The answers, read-only and within some seconds for each AT_ONCE; or why there are none."""
    settings = workspace.project.settings
    answers: dict[Probe, ProbeAnswer] = {}
    for start in range(0, len(probes), AT_ONCE):
        some = probes[start : start + AT_ONCE]
        request = AskLive(
            tuple(some),
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
        pairs = zip(some, answer.answers, strict=True)
        answers.update((probe, replace(one, probe=probe)) for probe, one in pairs)
    return answers

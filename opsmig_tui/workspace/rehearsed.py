"""What the last rehearsal saw of a revision, for as long as file and database stand unchanged."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.review.model import Residue, Review
from opsmig_tui.schema.residue import residue

if TYPE_CHECKING:
    from opsmig_tui.worker.protocol import RehearsedStatement, RehearseResult
    from opsmig_tui.workspace.state import WorkspaceState


def residues(state: WorkspaceState, path: Path, source: bytes) -> tuple[Residue, ...] | None:
    """What the round trip of this file left, for `Facts.residue`. None where it was not rehearsed
    as it is now, or the database moved since."""
    seen = state.rehearsal
    if seen is None:
        return None
    digest = hashlib.sha256(source).hexdigest()
    planned = [one for one in seen.plan.steps if Path(one.path) == path]
    if not any(one.digest == digest for one in planned):
        return None
    if state.current is not None and set(state.current) != set(seen.plan.databases[0].current):
        return None
    revision = planned[0].revision
    trips = [one for one in seen.result.round_trips if one.revision == revision]
    return tuple(
        Residue(line, what, low)
        for trip in trips
        for line, what, low in residue(trip.residue, _upgrade(seen.result, revision))
    )


def _upgrade(result: RehearseResult, revision: str) -> list[RehearsedStatement]:
    return [
        statement
        for leg in result.legs
        if (leg.revision, leg.direction) == (revision, "upgrade")
        for statement in leg.statements
    ]


def seen_of(state: WorkspaceState, review: Review) -> RehearseResult | None:
    """The rehearsal that this review goes by."""
    if state.rehearsal is None or review.facts.residue is None:
        return None
    return state.rehearsal.result

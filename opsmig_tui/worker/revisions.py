"""alembic's own reading of the history."""

from __future__ import annotations

from typing import Any

from . import protocol
from .environment import load
from .session import Session


def revisions(session: Session, request: protocol.Revisions) -> protocol.RevisionsResult:
    """Every revision, newest first. Executes the revision files, but neither env.py nor models."""
    _, script = load(session, "history", rev_range=None, verbose=False, indicate_current=False)
    return protocol.RevisionsResult(tuple(_facts(item) for item in script.walk_revisions()))


def real_heads(script: Any) -> tuple[str, ...]:
    """What a database that is at head stands at: a head that another one depends on is none, though
    ``get_heads()`` names it."""
    return tuple(item.revision for item in script.get_revisions("heads"))


def _facts(revision: Any) -> protocol.RevisionFacts:
    return protocol.RevisionFacts(
        revision=revision.revision,
        down_revisions=as_tuple(revision.down_revision),
        depends_on=as_tuple(revision.dependencies),
        branch_labels=tuple(sorted(revision._orig_branch_labels)),
        path=str(revision.path),
        message=revision.doc or "",
    )


def as_tuple(value: Any) -> tuple[str, ...]:
    """alembic's None, string or sequence of ids → tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)

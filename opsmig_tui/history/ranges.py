"""`-r START:END`, as `alembic history` takes it."""

from __future__ import annotations

import re

from opsmig_tui.history.model import History, Revision
from opsmig_tui.history.targets import descendants, labelled, resolve_all, walk_down, walk_up
from opsmig_tui.project.errors import OpsmigError

_DOWN = re.compile(r"-\d+")
_UP = re.compile(r"\+\d+")


def select_range(
    history: History, spec: str, current: tuple[str, ...] | None = None
) -> tuple[Revision, ...]:
    """The revisions of ``START:END``, both included, newest first.

    Either side may be left out (base, heads), be an id or the beginning of one, a branch label,
    ``label@head``, ``current``, or relative: ``-n`` as START counts down from END, as alembic's
    documentation says, and ``+n`` as END counts up from START. `current` is what the database
    stands on, or None when it was not asked. Raises OpsmigError for what cannot be told.
    """
    start, colon, end = spec.strip().partition(":")
    if not colon or ":" in end:
        raise OpsmigError(
            f"the range {spec!r} is not START:END, START: or :END; give for instance -10:head"
        )
    start, end = start.strip(), end.strip()
    if _UP.fullmatch(end):
        lower = _named(history, start or "base", spec, current)
        upper = walk_up(history, lower, int(end), spec)
    else:
        upper = _named(history, end or "heads", spec, current)
        if _DOWN.fullmatch(start):
            lower = walk_down(history, upper, -int(start), spec)
        else:
            lower = _named(history, start or "base", spec, current)
    label, _, _ = start.rpartition("@")
    if label:
        branch = descendants(history, [labelled(history, label).revision])
        upper = tuple(item for item in upper if item.revision in branch)
    return _between(history, lower, upper, spec)


def _named(
    history: History, text: str, spec: str, current: tuple[str, ...] | None
) -> tuple[Revision, ...]:
    if text != "current":
        return resolve_all(history, text)
    if current is None:
        raise OpsmigError(
            f"the range {spec!r} needs the database, which was not asked; start it, or name a "
            "revision instead of current"
        )
    unknown = [name for name in current if name not in history.by_id]
    if unknown:
        raise OpsmigError(
            f"the database stands on {', '.join(unknown)}, which no file of this history has; "
            "another branch may have migrated it"
        )
    return tuple(history.by_id[name] for name in current)


def _between(
    history: History, lower: tuple[Revision, ...], upper: tuple[Revision, ...], spec: str
) -> tuple[Revision, ...]:
    """All that upper needs and lower does not, with lower itself; only what stands on lower."""
    low = tuple(item.revision for item in lower)
    wanted = history.ancestors(tuple(item.revision for item in upper))
    outside = [name for name in low if name not in wanted]
    if outside:
        raise OpsmigError(
            f"the range {spec!r} is empty: {', '.join(outside)} is not below its end; "
            "turn it round, or take two revisions of one branch"
        )
    if low:
        above = descendants(history, low)
        wanted = ((wanted - history.ancestors(low)) & above) | set(low)
    return tuple(item for item in history.revisions if item.revision in wanted)

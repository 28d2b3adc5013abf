"""What running one direction of a revision destroys, as far as its file tells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from opsmig_tui.review.errors import NotReviewable
from opsmig_tui.review.migration import Migration, read_migration
from opsmig_tui.review.model import Facts
from opsmig_tui.review.operations import Direction, Operation
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.summary import summarize
from opsmig_tui.review.words import sentence


@dataclass(frozen=True)
class Danger:
    """`text` is what the step does in a sentence; `reasons` what of it destroys, one each.

    What cannot be decided counts as destructive.
    """

    destructive: bool
    text: str
    reasons: tuple[str, ...] = ()


def danger(path: Path, direction: Direction) -> Danger:
    """Reads the file. One that cannot be read is dangerous, and says why."""
    try:
        migration = read_migration(path, path.read_bytes())
    except (OSError, NotReviewable) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Danger(True, "cannot be read", (f"{path.name}: {reason}",))
    summary = summarize(migration)
    told = summary.upgrade if direction == "upgrade" else summary.downgrade
    reasons = tuple(dict.fromkeys(_reasons(migration, direction)))
    return Danger(bool(reasons), ", ".join(told) or "does nothing", reasons)


def _reasons(migration: Migration, direction: Direction) -> list[str]:
    made = Subject(migration, Facts()).created(direction)
    return [
        _why(item)
        for item in migration.operations(direction)
        if _destroys(item) and not (item.kind != "undecided" and made.has_table(item))
    ]


def _destroys(item: Operation) -> bool:
    if item.kind in ("drop_table", "drop_column", "truncate", "delete", "undecided", "data"):
        return True
    if item.kind == "drop_object":
        return item.cascade or item.object_type in ("schema", "database", "materialized view")
    return item.cascade and item.kind.startswith("drop")


def _why(item: Operation) -> str:
    told = sentence(item)
    return f"{told} (may do anything)" if item.kind == "undecided" else told

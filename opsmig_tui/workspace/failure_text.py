"""What is known of a failure, and a position in the history, in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from opsmig_tui.worker import protocol


def failure_details(failed: protocol.Failed, root: Path | None = None) -> list[str]:
    """Everything known about a failure beside its message, a line each, for output and command.

    A file below `root` is named as seen from there.
    """
    place = f"{failed.file}:{failed.line}" if failed.file else ""
    if root is not None:
        place = place.removeprefix(f"{root}/")
    found = [
        ("detail", failed.detail),
        ("hint", failed.hint),
        ("statement", " ".join(failed.statement.split())),
        ("at", place),
        ("committed", ", ".join(failed.committed)),
        ("rolled back", ", ".join(failed.rolled_back)),
    ]
    lines = [f"{name}: {text}" for name, text in found if text]
    for name, text in leftovers(failed):
        name = "stays, though its revision is not applied" if name == "stays" else name
        lines.append(f"{name}: {text}".removeprefix(": "))
    if failed.current is not None:
        lines.append(f"the database stands at {position(failed.current)}")
    return lines


def committed(revisions: Sequence[str]) -> str:
    """What a commit made permanent: revisions, or what ran of one that is not at its end, before an
    autocommit_block or in it."""
    return f"committed: {', '.join(revisions) or 'what ran so far of the revision under way'}"


#: Statements and indexes of a failure that are told one by one.
MOST_LEFT = 5


def leftovers(failed: protocol.Failed) -> list[tuple[str, str]]:
    """What stays of a revision that is not applied, and what to do about it, as (name, text)."""
    rows = [("stays", text) for text in failed.kept]
    if len(rows) > MOST_LEFT:
        rows[MOST_LEFT:] = [("", f"… and {len(rows) - MOST_LEFT} more statements that stay")]
    for index, table in failed.invalid[:MOST_LEFT]:
        text = f"index {index} on {table}; DROP INDEX CONCURRENTLY {index} removes it"
        rows.append(("left invalid", text))
    if failed.kept:
        text = "before the next run undo what stays, or let the migration pass over what is there"
        rows.append(("", text))
    return rows


def position(current: tuple[str, ...]) -> str:
    """The version table's ids as words."""
    return ", ".join(current) if current else "base (no revision applied)"

"""What is known of a failure, and a position in the history, in words."""

from __future__ import annotations

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
    lines += _leftovers(failed)
    if failed.current is not None:
        lines.append(f"the database stands at {position(failed.current)}")
    return lines


#: Statements and indexes of a failure that are told one by one.
MOST_LEFT = 5


def _leftovers(failed: protocol.Failed) -> list[str]:
    """What stays of a revision that is not applied, and what to do about it."""
    lines = [f"stays, though its revision is not applied: {text}" for text in failed.kept]
    if len(lines) > MOST_LEFT:
        lines[MOST_LEFT:] = [f"… and {len(lines) - MOST_LEFT} more statements that stay"]
    for index, table in failed.invalid[:MOST_LEFT]:
        lines.append(
            f"left invalid: index {index} on {table}; DROP INDEX CONCURRENTLY {index} removes it"
        )
    if failed.kept:
        lines.append(
            "before the next run undo what stays, or let the migration pass over what is there"
        )
    return lines


def position(current: tuple[str, ...]) -> str:
    """The version table's ids as words."""
    return ", ".join(current) if current else "base (no revision applied)"

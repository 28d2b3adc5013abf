"""Where one is in a review, whichever of its tabs is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opsmig_tui.ui.panes.review.rows import Row


@dataclass(frozen=True)
class Place:
    """A 1-based line of the file (0: above all), and the finding whose words one stands on."""

    line: int
    finding: int | None = None


def place_at(rows: Sequence[Row], index: int) -> Place:
    """The place of a row: its own line or that of the nearest row above; 0 in the head."""
    here = rows[index].finding if index < len(rows) else None
    for row in reversed(rows[: index + 1]):
        if row.number is not None:
            return Place(row.number, here)
    return Place(0, here)


def find(rows: Sequence[Row], place: Place) -> int:
    """The row for a place: its finding, else its line, else the nearest line above, else below."""
    nearest, first = None, None
    same = None
    for index, row in enumerate(rows):
        its_own = row.kind == "finding" and row.leads and row.finding is not None
        if its_own and row.finding == place.finding:
            return index
        if row.number is None or not row.leads:
            continue
        if same is None and (row.number == place.line or place.line in row.lines):
            same = index
        first = index if first is None else first
        if row.number <= place.line and (
            nearest is None or row.number >= (rows[nearest].number or 0)
        ):
            nearest = index
    return next((index for index in (same, nearest, first) if index is not None), 0)

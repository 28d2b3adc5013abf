"""What one row of the review is made of, and how it is painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual.strip import Strip

from opsmig_tui.review.model import GLYPHS, Severity
from opsmig_tui.ui.widgets.code import Piece, inked
from opsmig_tui.ui.widgets.paint import line

if TYPE_CHECKING:
    from opsmig_tui.ui.theme import Inks

Sign = Literal["+", "-", " "]
SHOWN_SIGNS = {"+": "+", "-": "−", " ": " "}
_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class Row:
    """One row of the review's list.

    "code": `number` is its line in the file (None for a removed line), `tinted` whether
    the ground shows the sign too. "note": part of the finding `finding`. "fold": stands for
    `hidden`, opened with enter. "text": head and foot, already wrapped. `pieces` name their inks.
    """

    kind: Literal["code", "note", "fold", "text"]
    pieces: tuple[Piece, ...] = ()
    number: int | None = None
    sign: Sign = " "
    severity: Severity | None = None
    finding: int | None = None
    tinted: bool = False
    hidden: tuple[Row, ...] = ()

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)


def worst(severities: list[Severity]) -> Severity | None:
    """The severity a line shows when several findings stand on it."""
    return min(severities, key=_RANK.__getitem__, default=None)


def gutter_width(digits: int) -> int:
    """Blank, number, blank, flag, blank, sign, blank."""
    return digits + 6


def paint(row: Row, ink: Inks, width: int, digits: int) -> Strip:
    """The whole row; the list cuts it to what is visible."""
    if row.kind == "code":
        number = str(row.number) if row.number is not None else ""
        flag = GLYPHS[row.severity] if row.severity is not None else " "
        signs = {"+": ink.added, "-": ink.removed, " ": ink.faint}
        return line(
            (f" {number:>{digits}} ", ink.faint),
            (flag + " ", getattr(ink, row.severity) if row.severity is not None else ink.faint),
            (SHOWN_SIGNS[row.sign] + " ", signs[row.sign]),
            *inked(row.pieces, ink),
        )
    if row.kind == "fold":
        many = f"{len(row.hidden):,} unchanged lines"
        return line(
            (" " + "⋯".rjust(digits) + "     ", ink.faint),
            (many, ink.dim),
            ("  enter opens them", ink.faint),
        )
    if row.kind == "note":
        return line((" " * (gutter_width(digits) - 2), ink.faint), *inked(row.pieces, ink))
    return line(*inked(row.pieces, ink))

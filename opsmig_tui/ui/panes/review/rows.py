"""What one row of the review is made of, and how it is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from textual.strip import Strip

from opsmig_tui.review.model import GLYPHS, Severity
from opsmig_tui.ui.panes.review.levels import RANK
from opsmig_tui.ui.widgets.code import Piece, inked
from opsmig_tui.ui.widgets.paint import Part, line, measure

if TYPE_CHECKING:
    from rich.style import Style

    from opsmig_tui.ui.panes.review.words import Spans
    from opsmig_tui.ui.theme import Inks

Sign = Literal["+", "-", " "]
SHOWN_SIGNS = {"+": "+", "-": "−", " ": " "}

FOLD_HINT = "  enter opens, o all"


class Row(NamedTuple):
    """One row of the review's list; there may be ten thousand.

    "code": `number` is its line in the file (None for a removed line), `tinted` whether the ground
    shows the sign too, `marks` the changed words. "note": words under a line, of the finding
    `finding` if any. "fold": stands for `hidden`. "sql": a line of the statement `statement`, which
    comes from the file's line `number`; only its first one (`leads`) shows that. "finding": part of
    a finding in the list of them. "text": a heading or the head, already wrapped. `pieces` name
    their inks. `lines` are all lines of the file that a row belongs to, where there are several;
    `full` is what `/` looks in where that is more than the row's own text. The cursor `stops` here.
    """

    kind: Literal["code", "note", "fold", "sql", "finding", "text"]
    pieces: tuple[Piece, ...] = ()
    number: int | None = None
    sign: Sign = " "
    severity: Severity | None = None
    finding: int | None = None
    tinted: bool = False
    hidden: tuple[Row, ...] = ()
    marks: Spans = ()
    statement: int | None = None
    leads: bool = True
    lines: tuple[int, ...] = ()
    full: str = ""
    stops: bool = True

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)


def worst(severities: list[Severity]) -> Severity | None:
    """The severity a line shows when several findings stand on it."""
    return min(severities, key=RANK.__getitem__, default=None)


def only_places(rows: list[Row]) -> list[Row]:
    """The rows of a list in which the cursor goes from place to place: headings do not take it."""
    return [row._replace(stops=False) if _says_more(row) else row for row in rows]


def _says_more(row: Row) -> bool:
    if row.kind == "text":
        return row.number is None
    return row.kind in ("note", "finding") and not row.leads


def gutter_width(digits: int) -> int:
    """Blank, number, blank, flag, blank, sign, blank."""
    return digits + 6


def paint(row: Row, ink: Inks, width: int, digits: int) -> Strip:
    """The whole row; the list cuts it to what is visible."""
    if row.kind in ("code", "sql"):
        return line(*_gutter(row, ink, digits), *_words(row, ink))
    if row.kind == "fold":
        parts = [(" " + "⋯".rjust(digits) + "     ", ink.faint), *inked(row.pieces, ink)]
        fits = measure(parts) + len(FOLD_HINT) <= width
        return line(*parts, (FOLD_HINT if fits else "", ink.faint))
    if row.kind == "note":
        return line((" " * (gutter_width(digits) - 2), ink.faint), *inked(row.pieces, ink))
    if row.kind == "finding":
        return line(*_gutter(row, ink, digits)[:2], *inked(row.pieces, ink))
    return line(*inked(row.pieces, ink))


def _gutter(row: Row, ink: Inks, digits: int) -> list[Part]:
    number = str(row.number) if row.number is not None and row.leads else ""
    severity = row.severity if row.leads else None
    flag = GLYPHS[severity] if severity is not None else " "
    signs = {"+": ink.added, "-": ink.removed, " ": ink.faint}
    return [
        (f" {number:>{digits}} ", ink.faint),
        (flag + " ", getattr(ink, severity) if severity is not None else ink.faint),
        (SHOWN_SIGNS[row.sign] + " ", signs[row.sign]),
    ]


def _words(row: Row, ink: Inks) -> list[Part]:
    """The code's pieces, what of them changed on a ground of its own."""
    parts = inked(row.pieces, ink)
    if not row.marks:
        return parts
    return _marked(parts, row.marks, ink.on_added_word if row.sign == "+" else ink.on_removed_word)


def _marked(parts: list[Part], marks: Spans, style: Style) -> list[Part]:
    done: list[Part] = []
    start = 0
    for text, ink in parts:
        end, at = start + len(text), start
        for first, last in marks:
            first, last = max(first, at), min(last, end)
            if first < last:
                done.append((text[at - start : first - start], ink))
                done.append((text[first - start : last - start], ink + style))
                at = last
        done.append((text[at - start :], ink))
        start = end
    return done

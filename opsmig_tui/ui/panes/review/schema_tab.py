"""The tab "Schema": what the rehearsed upgrade changes, object by object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.schema.compare import changes
from opsmig_tui.schema.readable import Line, lines
from opsmig_tui.ui.panes.review import head
from opsmig_tui.ui.panes.review.rows import Row
from opsmig_tui.ui.widgets.code import wrapped
from opsmig_tui.ui.widgets.paint import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opsmig_tui.ui.panes.review.content import Content
    from opsmig_tui.ui.widgets.code import Piece
    from opsmig_tui.worker.protocol import RehearsedLeg, RehearseResult

SHOWN = {"+": "+", "-": "−", "~": "~", " ": " "}
INKS = {"+": "added", "-": "removed", "~": "changed", " ": "dim"}
_WORDS = {"=": "text", "-": "removed", "+": "added"}
NOT_REHEARSED = (
    "Not rehearsed as it is now. Press r: upgrade, downgrade and upgrade again run on this "
    "database in one transaction that is rolled back."
)


def rows(content: Content, width: int) -> list[Row]:
    """The readable difference, or why there is none."""
    found = [head.rule("What upgrade() changes", width)]
    legs = legs_of(content)
    if content.rehearsal is None:
        return found + hint(NOT_REHEARSED, width)
    leg = next((one for one in legs if one.direction == "upgrade"), None)
    if leg is None or leg.outcome != "ok":
        return found + hint("upgrade() did not come to its end: see the tab Rehearsal.", width)
    told = lines(changes(leg.changes))
    if not told:
        found.append(head.text((" ✓ ", "applied"), ("The schema stays as it is.", "text")))
    found += difference(told, width)
    return found + _drift(content.rehearsal, width)


def _drift(seen: RehearseResult, width: int) -> list[Row]:
    """What the models have that no migration makes."""
    if seen.drift is None:
        return []
    found = [head.text(), head.rule("Autogenerate would still emit", width)]
    if not seen.drift:
        told = "Nothing: migrations match models."
        return [*found, head.text((" ✓ ", "applied"), (told, "text"))]
    for one in seen.drift:
        sign = "~" if one.sign not in SHOWN else one.sign
        words = wrap(f"{one.table}: {one.text}" if one.table else one.text, width - 4)
        found.append(head.text((f" {SHOWN[sign]} ", INKS[sign]), (words[0], "text")))
        found += [head.text(("   ", "text"), (part, "text")) for part in words[1:]]
    return found


def legs_of(content: Content) -> list[RehearsedLeg]:
    """The legs of the rehearsal that are this revision's."""
    if content.rehearsal is None:
        return []
    own = content.review.revision
    return [one for one in content.rehearsal.legs if one.revision == own]


def hint(words: str, width: int) -> list[Row]:
    return [head.text((f" {part}", "dim")) for part in wrap(words, width - 2)]


def difference(told: Sequence[Line], width: int, number: int | None = None) -> list[Row]:
    """Objects with a blank line between them; the words that differ in their colours."""
    found: list[Row] = []
    for one in told:
        if one.depth == 0 and found:
            found.append(head.text())
        ink = "dim" if one.low else INKS[one.sign]
        pieces = [(piece.text, "dim" if one.low else _ink(one, piece.sign)) for piece in one.pieces]
        indent = " " * (1 + 2 * one.depth)
        sign: list[Piece] = [(indent, "text"), (SHOWN[one.sign] + " ", ink)]
        room = max(width - len(indent) - 4, 10)
        first, *rest = wrapped(tuple(pieces), room)
        found.append(Row("text", (*sign, *first), number))
        below = (" " * (len(indent) + 4), "text")
        found += [Row("text", (below, *part), number, leads=False) for part in rest]
    return found


def _ink(line: Line, sign: str) -> str:
    if line.depth == 0:
        return "strong"
    return INKS[line.sign] if line.depth == 2 and line.sign != "~" else _WORDS[sign]

"""Which panes are open, folded to a title line, or away: decided from the terminal's size alone.

Pure, so that every size can be tested without a screen. The widgets only apply the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

SIDE = ("database", "history", "changes")
MAIN = ("review", "output")
PANES = (*SIDE, *MAIN)

# Below these the side and the main column no longer fit beside, or above, each other (DESIGN.md).
ROOMY_COLUMNS = 100
ROOMY_ROWS = 30
# Five panes with four of them title lines need this much for one of them to show anything.
ACCORDION_ROWS = 14


@dataclass(frozen=True)
class Arrangement:
    """`narrow`: one column instead of two. `folded` panes are a title line, `hidden` ones are away.

    `shares` is the pane that gives up rows to another open one in the same column, or "".
    """

    narrow: bool
    folded: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    shares: str = ""

    def fills(self, name: str) -> bool:
        """Whether a pane is the one that takes what its column has left."""
        column = SIDE if name in SIDE else MAIN
        away = self.folded | self.hidden | {self.shares}
        return name not in away and away.issuperset(set(column) - {name})


def arrange(
    columns: int, rows: int, *, focused: str, side: str, zoomed: bool, running: bool
) -> Arrangement:
    """The arrangement for a screen of this size (in cells).

    `focused` is the pane that has the keyboard, `side` the side pane that had it last: it stays
    open while the main column is worked in. `running` keeps Output open.
    """
    narrow = columns < ROOMY_COLUMNS
    others = frozenset(PANES) - {focused}
    if zoomed or rows < ACCORDION_ROWS:
        return Arrangement(narrow, hidden=others)
    if narrow:
        return _accordion(focused, others, running)
    if rows >= ROOMY_ROWS:
        return Arrangement(narrow=False)
    return _short(focused, side, running)


def _accordion(focused: str, others: frozenset[str], running: bool) -> Arrangement:
    if running:
        others -= {"output"}
    shares = "output" if running and focused != "output" else ""
    return Arrangement(narrow=True, folded=others, shares=shares)


def _short(focused: str, side: str, running: bool) -> Arrangement:
    opened = focused if focused in SIDE else side
    folded = set(SIDE) - {opened}
    if focused == "output" or running:
        return Arrangement(narrow=False, folded=frozenset(folded), shares="output")
    return Arrangement(narrow=False, folded=frozenset({*folded, "output"}))

"""History -> graph rows: lanes as `git log --graph` has them, one text row a revision.

Going down the rows, a lane waits for the parent it leads to. A row joins all lanes that wait for
its revision into the revision's own, and opens one more for each further parent, on the very line
of the node: no connector lines of their own are needed.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from opsmig_tui.history.model import NODE, GraphRow, History

#: Columns ever drawn. Lanes beyond share the last one, so that a row stays on the screen.
MOST_LANES = 20

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_LINES = {
    _UP: "│",
    _DOWN: "│",
    _LEFT: "─",
    _RIGHT: "─",
    _UP | _DOWN: "│",
    _LEFT | _RIGHT: "─",
    _UP | _LEFT: "╯",
    _UP | _RIGHT: "╰",
    _DOWN | _LEFT: "╮",
    _DOWN | _RIGHT: "╭",
    _UP | _LEFT | _RIGHT: "┴",
    _DOWN | _LEFT | _RIGHT: "┬",
    _UP | _DOWN | _LEFT: "┤",
    _UP | _DOWN | _RIGHT: "├",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
}
_OVERFLOW = "┊"


@dataclass
class _Lanes:
    """The lanes open between two rows: which id each waits for, and which lanes wait for an id.

    None is a free lane, "" one that belongs to the row being made or ended on the row before.
    """

    waits: list[str | None] = field(default_factory=list)
    waiting: dict[str, list[int]] = field(default_factory=dict)
    free: list[int] = field(default_factory=list)
    beyond: int = 0  # how many open lanes lie past the last drawn column

    def take(self) -> int:
        """The leftmost free lane."""
        while self.free:
            lane = heapq.heappop(self.free)
            # Lanes given up at the right edge may still be listed, and may be in use again.
            if lane < len(self.waits) and self.waits[lane] is None:
                self.waits[lane] = ""
                return lane
        self.waits.append("")
        return len(self.waits) - 1

    def wait(self, lane: int, wanted: str) -> None:
        self.waits[lane] = wanted
        self.waiting.setdefault(wanted, []).append(lane)
        self.beyond += lane >= MOST_LANES

    def close(self, lane: int) -> None:
        self.waits[lane] = ""
        self.beyond -= lane >= MOST_LANES

    def release(self, lanes: list[int]) -> None:
        """Give lanes back once their row is drawn, and forget those at the right edge."""
        for lane in lanes:
            self.waits[lane] = None
            heapq.heappush(self.free, lane)
        while self.waits and self.waits[-1] is None:
            self.waits.pop()


def layout(history: History) -> tuple[GraphRow, ...]:
    """One row for each revision of the history, in its order.

    A parent that is not among the revisions (a range, a gap) ends its lane. Lanes past
    `MOST_LANES` share the last column, drawn as ``┊``; `lane` then is that column.
    """
    lanes = _Lanes()
    known = {item.revision for item in history.revisions}
    rows: list[GraphRow] = []
    ended_above: list[int] = []
    for item in history.revisions:
        revision = item.revision
        known.discard(revision)
        joined = sorted(lanes.waiting.pop(revision, ()))
        for lane in joined:
            lanes.close(lane)
        joined = joined or [lanes.take()]
        mine, ended = joined[0], joined[1:]
        # A parent that already stands above (a loop) cannot be led to.
        parents = [p for p in dict.fromkeys(item.down_revisions) if p in known]
        targets: list[int] = []
        opened: list[int] = []
        for parent in parents[1:]:
            already = lanes.waiting.get(parent)
            if already:
                targets.append(already[0])
            else:
                lane = lanes.take()
                lanes.wait(lane, parent)
                opened.append(lane)
        if parents:
            lanes.wait(mine, parents[0])
        rows.append(GraphRow(revision, *_draw(lanes, mine, ended, opened, targets)))
        # A base keeps its lane for one more row: the next tip must not seem to be its parent.
        lanes.release([*ended, *ended_above])
        ended_above = [] if parents else [mine]
    return tuple(rows)


def _draw(
    lanes: _Lanes, mine: int, ended: list[int], opened: list[int], targets: list[int]
) -> tuple[int, str]:
    """The node's column and the row's cells."""
    touched = [*ended, *opened, *targets]
    if not touched and len(lanes.waits) == 1:
        return 0, NODE + " "
    last = MOST_LANES - 1
    column = min(mine, last)
    signs = [_UP | _DOWN if wanted else 0 for wanted in lanes.waits[:MOST_LANES]]
    for lane in ended:
        if lane < MOST_LANES:
            signs[lane] = _UP
    for lane in opened:
        if lane < MOST_LANES:
            signs[lane] = _DOWN
    ends = {min(lane, last) for lane in touched}
    low, high = min(ends | {column}), max(ends | {column})
    cells: list[str] = []
    for index, sign in enumerate(signs):
        if index == column:
            mark = NODE
        elif index == last and lanes.beyond:
            mark = _OVERFLOW
        elif index in ends:
            sides = (_LEFT if index > low else 0) | (_RIGHT if index < high else 0)
            mark = _LINES[sign | sides]
        elif sign:
            mark = "│"
        else:
            mark = "─" if low < index < high else " "
        cells.append(mark + ("─" if low <= index < high else " "))
    return column, "".join(cells)

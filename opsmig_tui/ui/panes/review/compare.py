"""Two texts of one file side by side: which lines came, went and stayed."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from opsmig_tui.ui.panes.review.words import Spans, changed_words, pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opsmig_tui.ui.panes.review.rows import Sign

#: From so many lines on, lines that occur again and again no longer anchor the comparison.
MANY_LINES = 2_000


class Step(NamedTuple):
    """One line of the compared texts: a sign, the 0-based line on its side, and what of it changed.

    A line that stayed has a place on both sides.
    """

    sign: Sign
    old: int
    new: int
    marks: Spans = ()


def compare(base: Sequence[str], source: Sequence[str]) -> tuple[Step, ...]:
    """The lines of both texts in reading order. No base: every line is new."""
    if not base:
        return tuple(Step("+", 0, at) for at in range(len(source)))
    if list(base) == list(source):
        return tuple(Step(" ", at, at) for at in range(len(source)))
    start = _shared(base, source)
    end = _shared(base[start:][::-1], source[start:][::-1])
    old, new = base[start : len(base) - end], source[start : len(source) - end]
    steps = [Step(" ", at, at) for at in range(start)]
    matcher = SequenceMatcher(None, old, new, autojunk=len(new) > MANY_LINES)
    for name, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if name == "equal":
            moved = start + new_from, start + old_from
            steps += [Step(" ", moved[1] + at, moved[0] + at) for at in range(old_to - old_from)]
            continue
        marks = block_marks(old[old_from:old_to], new[new_from:new_to])
        for at, spans in enumerate(marks[0]):
            steps.append(Step("-", start + old_from + at, start + new_from, spans))
        for at, spans in enumerate(marks[1]):
            steps.append(Step("+", start + old_to, start + new_from + at, spans))
    last = len(base) - end, len(source) - end
    return (*steps, *(Step(" ", last[0] + at, last[1] + at) for at in range(end)))


def block_marks(old: Sequence[str], new: Sequence[str]) -> tuple[list[Spans], list[Spans]]:
    """For a run of removed lines and the added ones after it: the changed words of each."""
    marks: tuple[list[Spans], list[Spans]] = ([()] * len(old), [()] * len(new))
    for one, other in pairs(old, new):
        marks[0][one], marks[1][other] = changed_words(old[one], new[other])
    return marks


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same at the beginning."""
    for at, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return at
    return min(len(one), len(other))

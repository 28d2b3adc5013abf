"""Which words of a changed line changed."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A half-open range of characters of one line.
Span = tuple[int, int]
Spans = tuple[Span, ...]

#: Lines that share less of their characters than this are other lines, not changed ones.
ALIKE = 0.4
#: Blocks of more pairs than this are compared line by line in their order, longer lines not at all.
MOST_PAIRS, LONGEST_LINE = 400, 600
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def changed_words(old: str, new: str) -> tuple[Spans, Spans]:
    """The characters that only the old (only the new) line has; none when the lines are others."""
    if max(len(old), len(new)) > LONGEST_LINE:
        return (), ()
    words = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, *words, autojunk=False)
    shared = sum(
        len(word.strip())
        for block in matcher.get_matching_blocks()
        for word in words[0][block.a : block.a + block.size]
    )
    if shared < ALIKE * max(_weight(words[0]), _weight(words[1])):
        return (), ()
    starts = _starts(words[0]), _starts(words[1])
    marks: tuple[list[Span], list[Span]] = ([], [])
    for name, *ends in matcher.get_opcodes():
        if name != "equal":
            for side in (0, 1):
                start, end = starts[side][ends[2 * side]], starts[side][ends[2 * side + 1]]
                _add(marks[side], start, end, (old, new)[side])
    return tuple(marks[0]), tuple(marks[1])


def pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Which line became which: in order, so that what they share is most."""
    if len(old) * len(new) > MOST_PAIRS:
        return [(at, at) for at in range(len(old))] if len(old) == len(new) else []
    likeness = [[_likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + likeness[i][j])
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if likeness[i][j] and best[i][j] == best[i + 1][j + 1] + likeness[i][j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likeness(one: str, other: str) -> float:
    one, other = one.strip(), other.strip()
    if not one or not other or max(len(one), len(other)) > LONGEST_LINE:
        return 0.0
    ratio = SequenceMatcher(None, _WORDS.findall(one), _WORDS.findall(other), False).ratio()
    return ratio if ratio >= ALIKE else 0.0


def _weight(words: Sequence[str]) -> int:
    return sum(len(word.strip()) for word in words)


def _starts(words: Sequence[str]) -> list[int]:
    """Where each word begins, and where the last one ends."""
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts


def _add(marks: list[Span], start: int, end: int, text: str) -> None:
    """Another range; one that only blanks part from the last joins it."""
    if start == end:
        return
    if marks and not text[marks[-1][1] : start].strip():
        start = marks.pop()[0]
    marks.append((start, end))

"""Painting one line: styled parts joined to a strip, cut, aligned and marked."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Part = tuple[str, Style]


def line(*parts: Part) -> Strip:
    """The parts side by side. Empty ones are left out; a tab or a line end becomes a blank."""
    return Strip([Segment(clean(text), style) for text, style in parts if text])


def clean(text: str) -> str:
    """Text that takes one line and moves no cursor: control characters become blanks."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def cut(text: str, width: int) -> str:
    """At most `width` cells; what was cut off the end is shown by an ellipsis."""
    text = clean(text)
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"


def cut_start(text: str, width: int) -> str:
    """Like `cut`, but keeps the end: of a path, the file name tells most."""
    text = clean(text)
    if width <= 0:
        return ""
    while cell_len(text) > width:
        text = "…" + text[2:] if text.startswith("…") else "…" + text[1:]
        if len(text) == 1:
            break
    return text


def measure(parts: Iterable[Part]) -> int:
    """Cells that the parts take together."""
    return sum(cell_len(clean(text)) for text, _ in parts)


def spread(left: Sequence[Part], right: Sequence[Part], width: int, pad: Style) -> Strip:
    """`left` and, at the right edge, `right`; the last part of `left` gives way when narrow."""
    room = width - measure(right) - 1
    if measure(left) > room and left:
        text, style = left[-1]
        left = [*left[:-1], (cut(text, room - measure(left[:-1])), style)]
    gap = max(1 if right else 0, width - measure(left) - measure(right))
    return line(*left, (" " * gap, pad), *right)


def wrap(text: str, width: int, taken: int = 0) -> list[str]:
    """The text in lines of at most `width` cells, words kept whole where they fit.

    `taken` cells of the first line are used already.
    """
    width = max(width, 8)
    taken = min(taken, width - 1)
    lines = textwrap.wrap(
        clean(text), width, initial_indent=" " * taken, break_on_hyphens=False
    ) or [""]
    return [lines[0][taken:], *lines[1:]]


def highlight(strip: Strip, words: str, style: Style) -> Strip:
    """The strip with each occurrence of `words` (in any case) in `style`."""
    text = strip.text
    lower, needle = text.lower(), words.lower()
    if len(lower) != len(text) or not needle:
        return strip
    done = 0
    parts: list[Strip] = []
    while (found := lower.find(needle, done)) >= 0:
        start, end = cell_len(text[:found]), cell_len(text[: found + len(needle)])
        before = cell_len(text[:done])
        parts.append(strip.crop(before, start))
        marked = Segment.apply_style(list(strip.crop(start, end)), post_style=style)
        parts.append(Strip(marked, end - start))
        done = found + len(needle)
    if not parts:
        return strip
    return Strip.join([*parts, strip.crop(cell_len(text[:done]))])

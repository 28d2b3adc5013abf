"""Texts and lists that are put together while a migration is read, and how large they may get.

A few lines can ask for more than any memory holds: ``x = x + x`` forty times, or the replacing of
each letter of a long text by another long text. What gets too large is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from opsmig_tui.review.values import HOLE, UNKNOWN, Partial

MAX_TEXT = 400_000  # characters
MAX_ITEMS = 20_000  # of a list or dict, with those of the lists in it
MAX_DIGITS = 4_000  # Python itself writes no integer of more than 4,300


def joined(parts: Iterable[str]) -> object:
    """The parts as one text."""
    pieces = list(parts)
    if sum(map(len, pieces)) > MAX_TEXT:
        return UNKNOWN
    text = "".join(pieces)
    return Partial(text) if HOLE in text else text


def separated(separator: str, parts: Iterable[str]) -> object:
    """``separator.join(parts)``."""
    return joined(piece for at, part in enumerate(parts) for piece in (separator * (at > 0), part))


def filled(places: re.Pattern[str], fill: Callable[[re.Match[str]], str], template: str) -> object:
    """The template with something else in each of its places."""
    parts, at = [], 0
    for match in places.finditer(template):
        parts += [template[at : match.start()], fill(match)]
        at = match.end()
    return joined([*parts, template[at:]])


def bounded(value: object) -> object:
    """The value; UNKNOWN for a list or dict that holds too much."""
    left, todo = MAX_ITEMS, [value]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            item = list(item.values())
        if isinstance(item, list | tuple):
            left -= len(item)
            if left < 0:
                return UNKNOWN
            todo += [one for one in item if isinstance(one, list | tuple | dict)]
    return value

"""Conflict markers that a merge left in a file: found, and the file read as this side has it."""

from __future__ import annotations

from dataclasses import dataclass

OURS, BASE, THEIRS, END = "<<<<<<< ", "||||||| ", "=======", ">>>>>>> "


@dataclass(frozen=True)
class Conflicted:
    """`ours` is the text as HEAD's side has it, with as many lines: markers and the other side are
    blank. `places` are the lines, counted from 1, of each conflict's first and last marker."""

    ours: str
    places: tuple[tuple[int, int], ...]


def conflicts(text: str) -> Conflicted | None:
    """What git left to resolve in a Python file's text, None where there is nothing.

    Text that is valid Python has none: what looks like a marker stands in a string.
    """
    if OURS not in text or END not in text:
        return None  # so that reading thousands of files costs nothing
    kept: list[str] = []
    places: list[tuple[int, int]] = []
    begun, ours = 0, True
    for number, line in enumerate(text.split("\n"), 1):
        marker = True
        if line.startswith(OURS) and not begun:
            begun = number
        elif begun and (line.startswith(BASE) or line == THEIRS):
            ours = False
        elif begun and line.startswith(END):
            places.append((begun, number))
            begun, ours = 0, True
        else:
            marker = False
        kept.append(line if ours and not marker else "")
    if not places or begun or _is_python(text):
        return None
    return Conflicted("\n".join(kept), tuple(places))


def _is_python(text: str) -> bool:
    from opsmig_tui.project.syntax_tree import syntax_tree  # takes longer than reading a history

    try:
        syntax_tree(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True

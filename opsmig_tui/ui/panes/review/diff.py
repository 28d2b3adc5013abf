"""A unified diff of a model file as rows: both sides as texts to be coloured, and interleaved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opsmig_tui.ui.panes.review import head
from opsmig_tui.ui.panes.review.compare import block_marks
from opsmig_tui.ui.panes.review.rows import Row, Sign
from opsmig_tui.ui.widgets.code import TAB, CodeLine

if TYPE_CHECKING:
    from collections.abc import Sequence

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)")

_FILE = re.compile(r"diff --git a/.+ b/(.+)")


@dataclass(frozen=True)
class DiffText:
    """A unified diff taken apart: both sides as texts to be coloured, and how they interleave."""

    old: str
    new: str
    rows: tuple[Row, ...]
    places: tuple[tuple[Sign, int] | None, ...]


def take_apart(diff: str) -> DiffText:
    """Rows of a unified diff; lines before a file's first hunk are left out. Where they begin with
    git's own, which a diff of several files needs, the file's name is said."""
    old: list[str] = []
    new: list[str] = []
    rows: list[Row] = []
    places: list[tuple[Sign, int] | None] = []
    new_at = 0
    inside = False
    for text in diff.split("\n"):
        file = _FILE.match(text)
        if file:
            inside = False
            rows.append(head.text((f" {file[1].rpartition('/')[2]}", "accent")))
            places.append(None)
            continue
        hunk = _HUNK.match(text)
        if hunk:
            inside = True
            new_at = int(hunk[1])
            where = f"  {hunk[2]}" if hunk[2] else ""
            rows.append(head.text((f" @@ line {new_at}", "accent"), (where, "dim")))
            places.append(None)
            continue
        if not inside or not text or text[0] not in "+- ":
            continue
        sign: Sign = "+" if text[0] == "+" else "-" if text[0] == "-" else " "
        body = text[1:].rstrip("\r").expandtabs(TAB)
        piece = ((body, "text"),)
        if sign == "-":
            rows.append(Row("code", piece, None, sign, tinted=True))
            places.append((sign, len(old)))
            old.append(body)
            continue
        rows.append(Row("code", piece, new_at, sign, tinted=sign == "+"))
        places.append((sign, len(new)))
        new.append(body)
        new_at += 1
        if sign == " ":
            old.append(body)
    return DiffText("\n".join(old), "\n".join(new), tuple(_marked(rows)), tuple(places))


def _marked(rows: list[Row]) -> list[Row]:
    """The rows with the changed words of each run of removed and then added lines."""
    at = 0
    while at < len(rows):
        middle = _run(rows, at, "-")
        end = _run(rows, middle, "+")
        if at < middle < end:
            block = [row.text for row in rows[at:middle]], [row.text for row in rows[middle:end]]
            marks = [spans for side in block_marks(*block) for spans in side]
            rows[at:end] = [
                row._replace(marks=spans) for row, spans in zip(rows[at:end], marks, strict=True)
            ]
        at = max(end, at + 1)
    return rows


def _run(rows: Sequence[Row], at: int, sign: Sign) -> int:
    """Where the run of this sign that begins at `at` ends."""
    while at < len(rows) and rows[at].sign == sign:
        at += 1
    return at


def in_colour(diff: DiffText, old: Sequence[CodeLine], new: Sequence[CodeLine]) -> list[Row]:
    """The rows with the pieces of the coloured sides."""
    rows: list[Row] = []
    for row, place in zip(diff.rows, diff.places, strict=True):
        if place is None:
            rows.append(row)
            continue
        sign, at = place
        side = old if sign == "-" else new
        rows.append(row._replace(pieces=side[at]) if at < len(side) else row)
    return rows

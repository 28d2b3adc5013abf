"""From a review, or a diff, to rows. No widget in here: plain functions of their arguments."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from opsmig_tui.ui.panes.review import head
from opsmig_tui.ui.panes.review.rows import Row, Sign, gutter_width, worst
from opsmig_tui.ui.widgets.code import TAB, CodeLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opsmig_tui.review.model import Finding, Review, Severity

#: Unchanged lines kept around a change, and the fewest that are worth folding.
CONTEXT, FEWEST_FOLDED = 4, 8
#: A finding on a call of up to so many lines stands under its last one, else under its first.
LONGEST_CALL = 8

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)")


@dataclass(frozen=True)
class Step:
    """One line of the compared texts: a sign and the 0-based line on its side."""

    sign: Sign
    old: int
    new: int


def compare(base: Sequence[str], source: Sequence[str]) -> tuple[Step, ...]:
    """The lines of both texts in reading order. No base: every line is new."""
    if not base:
        return tuple(Step("+", 0, at) for at in range(len(source)))
    if list(base) == list(source):
        return tuple(Step(" ", at, at) for at in range(len(source)))
    steps: list[Step] = []
    matcher = difflib.SequenceMatcher(None, base, source, autojunk=False)
    for name, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if name == "equal":
            steps += [Step(" ", old_from + at, new_from + at) for at in range(old_to - old_from)]
            continue
        steps += [Step("-", at, new_from) for at in range(old_from, old_to)]
        steps += [Step("+", old_to, at) for at in range(new_from, new_to)]
    return tuple(steps)


def code_rows(
    review: Review,
    steps: Sequence[Step],
    base: Sequence[CodeLine],
    source: Sequence[CodeLine],
    width: int,
) -> list[Row]:
    """The code with each finding under its line; long unchanged stretches of an edit folded."""
    edited = any(step.sign == "-" or step.sign == " " for step in steps) and any(
        step.sign != " " for step in steps
    )
    digits = digits_of(len(source))
    room = width - gutter_width(digits)
    flags, notes = _places(review.findings, len(source))
    rows: list[Row] = []
    for step in steps:
        if step.sign == "-":
            rows.append(Row("code", base[step.old], None, "-", tinted=True))
            continue
        number = step.new + 1
        severity = worst(flags.get(number, []))
        code = source[step.new]
        rows.append(
            Row("code", code, number, step.sign, severity, tinted=edited and step.sign == "+")
        )
        for index in notes.get(number, ()):
            rows += head.finding_rows(review.findings[index], index, room)
    return _folded(rows) if edited else rows


def _places(
    findings: Sequence[Finding], lines: int
) -> tuple[dict[int, list[Severity]], dict[int, list[int]]]:
    """Which lines carry a flag, and under which lines the notes stand."""
    flags: dict[int, list[Severity]] = {}
    notes: dict[int, list[int]] = {}
    for index, finding in enumerate(findings):
        first = min(max(1, finding.line), max(1, lines))
        last = min(max(first, finding.end_line), max(1, lines))
        flags.setdefault(first, []).append(finding.severity)
        under = last if last - first < LONGEST_CALL else first
        notes.setdefault(under, []).append(index)
    return flags, notes


def _folded(rows: list[Row]) -> list[Row]:
    """Stretches of plain unchanged code, away from any change or flag, become one row each."""
    near = [False] * len(rows)
    for at, row in enumerate(rows):
        if row.kind != "code" or row.sign != " " or row.severity is not None:
            for close in range(max(0, at - CONTEXT), min(len(rows), at + CONTEXT + 1)):
                near[close] = True
    done: list[Row] = []
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and not near[end]:
            end += 1
        if end - at >= FEWEST_FOLDED:
            hidden = tuple(rows[at:end])
            done.append(Row("fold", number=hidden[0].number, hidden=hidden))
            at = end
        else:
            done.append(rows[at])
            at += 1
    return done


def opened(rows: Sequence[Row], numbers: frozenset[int]) -> list[Row]:
    """The rows with the folds opened that start at these lines."""
    done: list[Row] = []
    for row in rows:
        if row.kind == "fold" and row.number in numbers:
            done += row.hidden
        else:
            done.append(row)
    return done


def digits_of(lines: int) -> int:
    return max(3, len(str(lines)))


# ---------------------------------------------------------------------------------- unified diffs


@dataclass(frozen=True)
class DiffText:
    """A unified diff taken apart: both sides as texts to be coloured, and how they interleave."""

    old: str
    new: str
    rows: tuple[Row, ...]
    places: tuple[tuple[Sign, int] | None, ...]


def take_apart(diff: str) -> DiffText:
    """Rows of a unified diff; lines before the first hunk (file names) are left out."""
    old: list[str] = []
    new: list[str] = []
    rows: list[Row] = []
    places: list[tuple[Sign, int] | None] = []
    new_at = 0
    inside = False
    for text in diff.split("\n"):
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
    return DiffText("\n".join(old), "\n".join(new), tuple(rows), tuple(places))


def in_colour(diff: DiffText, old: Sequence[CodeLine], new: Sequence[CodeLine]) -> list[Row]:
    """The rows with the pieces of the coloured sides."""
    rows: list[Row] = []
    for row, place in zip(diff.rows, diff.places, strict=True):
        if place is None:
            rows.append(row)
            continue
        sign, at = place
        side = old if sign == "-" else new
        rows.append(replace(row, pieces=side[at]) if at < len(side) else row)
    return rows

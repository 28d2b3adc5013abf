"""Folding: what nobody has to read becomes one row, until it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.panes.review.rows import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Lines kept around a change or a flag.
CONTEXT = 4
#: The fewest lines worth folding: of a file's head or unchanged lines, and of a function's body.
FEWEST, FEWEST_OF_BODY = 8, 16
_FUNCTIONS = ("def ", "async def ", "class ", "@")


def folded(rows: Sequence[Row], *, edited: bool) -> list[Row]:
    """The rows with stretches away from any flag folded.

    Of an edited file, what did not change. Of any other, what stands before its first function, and
    long stretches of functions when there are flags to look at elsewhere.
    """
    top = 0 if edited else _first_function(rows)
    keep = _kept(rows, edited, top)
    done: list[Row] = []
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and not keep[end]:
            end += 1
        while end < len(rows) and end > at and not rows[end - 1].text.strip():
            end -= 1
        if end - at >= (FEWEST if edited or at < top else FEWEST_OF_BODY):
            done.append(_fold(rows[at:end], edited, at < top))
            at = end
        else:
            end = max(end, at + 1)
            done += rows[at:end]
            at = end
    return done


def _first_function(rows: Sequence[Row]) -> int:
    """Where the first function begins; 0 when there is none, and so nothing above it."""
    return next((at for at, row in enumerate(rows) if _begins_function(row)), 0)


def _begins_function(row: Row) -> bool:
    # Most lines are indented: those need not be put together from their pieces.
    if not row.pieces or row.pieces[0][0][:1].isspace():
        return False
    return row.text.startswith(_FUNCTIONS)


def _kept(rows: Sequence[Row], edited: bool, top: int) -> list[bool]:
    keep = [row.kind != "code" for row in rows]
    flagged = any(row.severity is not None for row in rows)
    for at, row in enumerate(rows):
        if row.severity is not None or row.kind == "note" or (edited and row.sign != " "):
            # A flag in the first function does not hold the file's head open.
            least = top if at >= top else 0
            first, last = max(least, at - CONTEXT), min(len(rows), at + CONTEXT + 1)
            keep[first:last] = [True] * (last - first)
        elif not edited and ((not flagged and at >= top) or _begins_function(row)):
            keep[at] = True
    return keep


def _fold(hidden: Sequence[Row], edited: bool, above: bool) -> Row:
    what = "unchanged lines" if edited else "lines"
    words = f"{len(hidden):,} {what}{': docstring, imports, ids' if above else ''}"
    return Row("fold", ((words, "dim"),), hidden[0].number, hidden=tuple(hidden))


def key(fold: Row) -> int:
    """What a fold is known by: the first line of the file in it, or its statement, below zero."""
    return fold.number or 0 if fold.statement is None else -1 - fold.statement


def opened(rows: Sequence[Row], keys: frozenset[int] | None) -> tuple[list[Row], dict[int, int]]:
    """The rows with these folds opened (None: all), and which rows came from which fold."""
    done: list[Row] = []
    inside: dict[int, int] = {}
    for row in rows:
        if row.kind == "fold" and (keys is None or key(row) in keys):
            inside.update(dict.fromkeys(range(len(done), len(done) + len(row.hidden)), key(row)))
            done += row.hidden
        else:
            done.append(row)
    return done, inside


def holding(rows: Sequence[Row], line: int) -> int | None:
    """The closed fold that hides this line of the file."""
    return next(
        (
            key(row)
            for row in rows
            if row.kind == "fold" and row.statement is None
            and (row.hidden[0].number or 0) <= line <= (row.hidden[-1].number or 0)
        ),
        None,
    )  # fmt: skip

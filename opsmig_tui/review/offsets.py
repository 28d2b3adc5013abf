"""Places of findings in the columns of others: `ast` counts UTF-8 bytes."""

from __future__ import annotations

from opsmig_tui.review.model import Finding, Review


def lines_of(review: Review) -> list[str]:
    """The source's lines, as `Finding.line` counts them."""
    return review.source.split("\n")


def characters(line: str, offset: int) -> int:
    """How many characters stand before the byte at `offset` of the line."""
    return len(_before(line, offset))


def utf16_units(line: str, offset: int) -> int:
    """How many UTF-16 code units stand before the byte at `offset` of the line."""
    return len(_before(line, offset).encode("utf-16-le", "replace")) // 2


def _before(line: str, offset: int) -> str:
    return line.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore")


def line_at(lines: list[str], number: int) -> str:
    """ "" for a line that is not there."""
    return lines[number - 1] if 0 < number <= len(lines) else ""


def last_line(item: Finding) -> int:
    return max(item.end_line, item.line)

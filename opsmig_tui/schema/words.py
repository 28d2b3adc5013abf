"""Two definitions → which of their words differ."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from opsmig_tui.schema.model import Piece

_WORD = re.compile(r"'(?:[^']|'')*'|\w+|\s+|.", re.S)
# As people write them; the server's catalog has the long names of the standard.
_SHORT = (
    ("character varying", "varchar"),
    ("double precision", "float8"),
)
_ZONED = re.compile(r"\b(timestamp|time)(\(\d\))? with time zone")
_UNZONED = re.compile(r"\b(timestamp|time)(\(\d\))? without time zone")


def short(definition: str) -> str:
    """A column's definition with the short names of types: "varchar(50) NOT NULL"."""
    text = _ZONED.sub(r"\1tz\2", definition)
    text = _UNZONED.sub(r"\1\2", text)
    for long, brief in _SHORT:
        text = re.sub(rf"\b{long}\b", brief, text)
    return text


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """The words of both in reading order, what went before what came."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    found: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece("=", "".join(old[a:b])))
            continue
        if b > a:
            found.append(Piece("-", "".join(old[a:b])))
        if d > c:
            found.append(Piece("+", "".join(new[c:d])))
    return tuple(found)

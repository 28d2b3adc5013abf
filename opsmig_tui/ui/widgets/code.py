"""Python or SQL in colours: Pygments tokens, read in a thread, kept for the last few texts."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

from rich.style import Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opsmig_tui.ui.theme import Inks
    from opsmig_tui.ui.widgets.paint import Part

#: A piece of a line and the name of its ink ("code_string", or "text").
Piece = tuple[str, str]
CodeLine = tuple[Piece, ...]

#: Larger texts stay plain: nobody reads them for their colours, and the lexer holds the GIL.
MOST_CHARACTERS = 400_000
TAB = 4
_KEPT = 24
_cache: OrderedDict[tuple[str, str], tuple[CodeLine, ...]] = OrderedDict()

# The first prefix that fits a token's name decides.
_INKS = (
    ("Token.Keyword", "code_keyword"),
    ("Token.Operator.Word", "code_keyword"),
    ("Token.Literal.String", "code_string"),
    ("Token.Literal.Number", "code_number"),
    ("Token.Comment", "code_comment"),
    ("Token.Name.Decorator", "code_decorator"),
    ("Token.Name.Function", "code_name"),
    ("Token.Name.Class", "code_name"),
)
# Types are what one looks for in SQL; in Python the same token is print and str.
_SQL_INKS = (("Token.Name.Builtin", "code_decorator"), *_INKS)


def plain(source: str) -> tuple[CodeLine, ...]:
    """The lines without colours: what is shown until `coloured` has an answer."""
    return tuple(((text, "text"),) for text in _lines(source))


def cached(source: str, lexer: str = "python") -> tuple[CodeLine, ...] | None:
    """The coloured lines when they are known already."""
    return _cache.get((lexer, source))


async def coloured(source: str, lexer: str = "python") -> tuple[CodeLine, ...]:
    """The lines in colours, as many as `plain` gives. Lexing runs in a thread."""
    known = _cache.get((lexer, source))
    if known is not None:
        return known
    if len(source) > MOST_CHARACTERS:
        return plain(source)
    lines = await asyncio.to_thread(_lex, source, lexer)
    _cache[lexer, source] = lines
    while len(_cache) > _KEPT:
        _cache.popitem(last=False)
    return lines


def wrapped(line: CodeLine, width: int) -> list[CodeLine]:
    """The line in parts of at most `width` characters, those after the first indented further.

    Breaks after a blank where there is one.
    """
    text = text_of(line)
    if len(text) <= width:
        return [line]
    indent = min(len(text) - len(text.lstrip()) + 2, width // 2)
    parts: list[CodeLine] = []
    start = 0
    while start < len(text):
        room = width - (indent if start else 0)
        end = start + room
        if end < len(text):
            blank = text.rfind(" ", start + room // 2, end)
            end = blank + 1 if blank > 0 else end
        piece = slice_of(line, start, end)
        parts.append((((" " * indent, "text"), *piece)) if start else piece)
        start = end
    return parts


def slice_of(line: CodeLine, start: int, end: int) -> CodeLine:
    """The characters from `start` up to `end`, in their inks."""
    found: list[Piece] = []
    at = 0
    for text, ink in line:
        part = text[max(0, start - at) : max(0, end - at)]
        if part:
            found.append((part, ink))
        at += len(text)
    return tuple(found)


def inked(line: CodeLine, ink: Inks) -> list[Part]:
    """The pieces with the styles of the theme that is on."""
    styles: dict[str, Style] = {}
    parts: list[Part] = []
    for text, name in line:
        if name not in styles:
            styles[name] = getattr(ink, name)
        parts.append((text, styles[name]))
    return parts


def _lines(source: str) -> list[str]:
    # Not splitlines(): a form feed or U+2028 within a string must not move the line numbers.
    lines = source.expandtabs(TAB).replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines and not lines[-1] else lines


def _lex(source: str, name: str) -> tuple[CodeLine, ...]:
    from pygments.lexers import get_lexer_by_name

    wanted = _lines(source)
    lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    lines: list[CodeLine] = []
    pieces: list[Piece] = []
    names: dict[object, str] = {}
    inks = _INKS if name == "python" else _SQL_INKS
    for token, value in lexer.get_tokens("\n".join(wanted)):
        ink = names.get(token)
        if ink is None:
            ink = names[token] = _ink_name(str(token), inks)
        first, *rest = value.split("\n")
        if first:
            pieces.append((first, ink))
        for text in rest:
            lines.append(tuple(pieces))
            pieces = [(text, ink)] if text else []
    lines.append(tuple(pieces))
    return tuple(lines) if len(lines) == len(wanted) else plain(source)


def _ink_name(token: str, inks: Sequence[tuple[str, str]]) -> str:
    return next((ink for prefix, ink in inks if token.startswith(prefix)), "text")


def text_of(line: Sequence[Piece]) -> str:
    """The line's bare text."""
    return "".join(text for text, _ in line)

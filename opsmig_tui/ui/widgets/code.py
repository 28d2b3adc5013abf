"""Python source in colours: Pygments tokens, read in a thread, kept for the last few texts."""

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
_cache: OrderedDict[str, tuple[CodeLine, ...]] = OrderedDict()

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


def plain(source: str) -> tuple[CodeLine, ...]:
    """The lines without colours: what is shown until `coloured` has an answer."""
    return tuple(((text, "text"),) for text in _lines(source))


def cached(source: str) -> tuple[CodeLine, ...] | None:
    """The coloured lines when they are known already."""
    return _cache.get(source)


async def coloured(source: str) -> tuple[CodeLine, ...]:
    """The lines in colours, as many as `plain` gives. Lexing runs in a thread."""
    known = _cache.get(source)
    if known is not None:
        return known
    if len(source) > MOST_CHARACTERS:
        return plain(source)
    lines = await asyncio.to_thread(_lex, source)
    _cache[source] = lines
    while len(_cache) > _KEPT:
        _cache.popitem(last=False)
    return lines


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


def _lex(source: str) -> tuple[CodeLine, ...]:
    from pygments.lexers import get_lexer_by_name

    wanted = _lines(source)
    lexer = get_lexer_by_name("python", stripnl=False, ensurenl=False)
    lines: list[CodeLine] = []
    pieces: list[Piece] = []
    names: dict[object, str] = {}
    for token, value in lexer.get_tokens("\n".join(wanted)):
        name = names.get(token)
        if name is None:
            name = names[token] = _ink_name(str(token))
        first, *rest = value.split("\n")
        if first:
            pieces.append((first, name))
        for text in rest:
            lines.append(tuple(pieces))
            pieces = [(text, name)] if text else []
    lines.append(tuple(pieces))
    return tuple(lines) if len(lines) == len(wanted) else plain(source)


def _ink_name(token: str) -> str:
    return next((ink for prefix, ink in _INKS if token.startswith(prefix)), "text")


def text_of(line: Sequence[Piece]) -> str:
    """The line's bare text."""
    return "".join(text for text, _ in line)

"""SQL text into tokens and statements, as far as PostgreSQL's lexical rules go.

Respects quotes, E'' escapes, dollar-quoted bodies, nested comments and casts. It never fails: an
unterminated quote simply ends with the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from opsmig_tui.review.values import HOLE

TokenKind = Literal["word", "quoted", "string", "number", "mark"]

# The frequent ones first: space, words that hold no hole, and what is never more than a mark.
_TOKEN = re.compile(
    rf"""
      (?P<space>\s+|--[^\n]*)
    | (?P<word>(?![eE]')[^\W\d][\w$]*+(?!{HOLE}))
    | (?P<mark>[(),;.=])
    | (?P<comment>/\*)
    | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*(?:'|$))
    | (?P<string>'[^']*(?:''[^']*)*(?:'|$))
    | (?P<quoted>"[^"]*(?:""[^"]*)*(?:"|$))
    | (?P<backticked>`[^`]*(?:`|$))  # MySQL's quotes, which SQLite takes too
    | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
    | (?P<name>[\w$]*+{HOLE}[\w${HOLE}]*|[^\W\d][\w$]*)
    | (?P<number>\d[\w.]*)
    | (?P<other>::|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """`text` of a word is lower case, of a quoted name and a string its content."""

    kind: TokenKind
    text: str
    start: int
    end: int


def tokens(sql: str) -> Iterator[Token]:
    at = 0
    while (match := _TOKEN.match(sql, at)) is not None:
        start, at, text = at, match.end(), match.group()
        match match.lastgroup:
            case "space":
                pass
            case "word" | "name":
                yield Token("word", text.lower(), start, at)
            case "mark" | "other":
                yield Token("mark", text, start, at)
            case "number":
                yield Token("number", text.lower(), start, at)
            case "string":
                yield Token("string", _content(text, "'"), start, at)
            case "escaped":
                yield Token("string", text[2:-1], start, at)
            case "quoted":
                yield Token("quoted", _content(text, '"'), start, at)
            case "backticked":
                yield Token("quoted", _content(text, "`"), start, at)
            case "comment":
                at = _after_comment(sql, start)
            case "dollar":
                body, close, _ = sql[at:].partition(text)
                at += len(body) + len(close)
                yield Token("string", body, start, at)


def statements(sql: str) -> list[list[Token]]:
    """The tokens of each statement, without the semicolons."""
    found: list[list[Token]] = [[]]
    for token in tokens(sql):
        if token.kind == "mark" and token.text == ";":
            found.append([])
        else:
            found[-1].append(token)
    return [statement for statement in found if statement]


def _content(text: str, quote: str) -> str:
    inner = text[1:-1] if len(text) > 1 and text.endswith(quote) else text[1:]
    return inner.replace(quote * 2, quote)


def _after_comment(sql: str, at: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(sql, at):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)

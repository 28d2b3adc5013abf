"""SQL text into tokens and statements, as far as PostgreSQL's lexical rules go.

Respects quotes, E'' escapes, dollar-quoted bodies, nested comments and casts. It never fails: an
unterminated quote simply ends with the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from opsmig_tui.review.values import HOLE

TokenKind = Literal["word", "quoted", "string", "number", "mark"]

_SKIP = re.compile(r"\s+|--[^\n]*")
_WORD = re.compile(r"[^\W\d][\w$]*")
_HOLED = re.compile(rf"[\w$]*{HOLE}[\w${HOLE}]*")
_NUMBER = re.compile(r"\d[\w.]*")
_DOLLAR = re.compile(r"\$(?:[^\W\d]\w*)?\$")
_STRING = re.compile(r"'[^']*(?:''[^']*)*(?:'|$)")
_ESCAPED = re.compile(r"[eE]'(?:[^'\\]|\\.|'')*(?:'|$)", re.S)
_QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*(?:"|$)')
_BACKTICKED = re.compile(r"`[^`]*(?:`|$)")  # MySQL's quotes, which SQLite takes too
_COMMENT_EDGE = re.compile(r"/\*|\*/")


@dataclass(frozen=True)
class Token:
    """`text` of a word is lower case, of a quoted name and a string its content."""

    kind: TokenKind
    text: str
    start: int
    end: int


def tokens(sql: str) -> Iterator[Token]:
    at = 0
    while at < len(sql):
        skipped = _SKIP.match(sql, at)
        if skipped:
            at = skipped.end()
        elif sql.startswith("/*", at):
            at = _after_comment(sql, at)
        else:
            token = _token(sql, at)
            yield token
            at = token.end


def statements(sql: str) -> list[list[Token]]:
    """The tokens of each statement, without the semicolons."""
    found: list[list[Token]] = [[]]
    for token in tokens(sql):
        if token.kind == "mark" and token.text == ";":
            found.append([])
        else:
            found[-1].append(token)
    return [statement for statement in found if statement]


def _token(sql: str, at: int) -> Token:
    char = sql[at]
    if char in "eE" and (match := _ESCAPED.match(sql, at)):
        return Token("string", match.group()[2:-1], at, match.end())
    if char == "'" and (match := _STRING.match(sql, at)):
        return Token("string", _content(match.group(), "'"), at, match.end())
    if char == '"' and (match := _QUOTED.match(sql, at)):
        return Token("quoted", _content(match.group(), '"'), at, match.end())
    if char == "`" and (match := _BACKTICKED.match(sql, at)):
        return Token("quoted", _content(match.group(), "`"), at, match.end())
    if char == "$" and (match := _DOLLAR.match(sql, at)):
        close = sql.find(match.group(), match.end())
        end = len(sql) if close < 0 else close + len(match.group())
        body = sql[match.end() : close if close >= 0 else len(sql)]
        return Token("string", body, at, end)
    for kind, pattern in _NAMES:
        if match := pattern.match(sql, at):
            return Token(kind, match.group().lower(), at, match.end())
    mark = "::" if sql.startswith("::", at) else char
    return Token("mark", mark, at, at + len(mark))


_NAMES: tuple[tuple[TokenKind, re.Pattern[str]], ...] = (
    ("word", _HOLED),
    ("word", _WORD),
    ("number", _NUMBER),
)


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

"""Whether two CHECK conditions say the same, however PostgreSQL writes one of them.

PostgreSQL keeps a condition as a tree and writes it anew: ``a IN ('x')`` comes back as
``((a)::text = 'x'::text)``. What it keeps are the columns, the constants and the comparisons, so
these are held against each other as sets. A condition with anything beyond a small grammar is not
judged: see ruleutils.c for what else it rewrites.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from opsmig_tui.review.sql_tokens import Token, tokens

_SKIPPED = frozenset({"and", "or", "any", "all", "array"})
_LIKE = {"like": "~~", "ilike": "~~*"}
# Written as they were; others become operators, or other functions.
_CALLS = frozenset({"length", "char_length", "lower", "upper", "abs", "coalesce"})
_OPERATORS = "<>=!~*/+%"
_TYPES = frozenset(
    {
        *("text", "character", "varchar", "char", "bpchar", "integer", "int", "bigint", "smallint"),
        *("numeric", "decimal", "real", "double", "boolean", "varying", "precision"),
    }
)
"""Casts to these leave a constant's text as it was; dates, say, are written anew."""


class _Unsure(Exception):
    """There is something that PostgreSQL may write in another way."""


@dataclass
class _Said:
    columns: set[str] = field(default_factory=set)
    constants: set[object] = field(default_factory=set)
    comparisons: set[str] = field(default_factory=set)
    booleans: set[str] = field(default_factory=set)


def differ(model: str, database: str, columns: Iterable[str]) -> bool | None:
    """Whether the two conditions differ for certain; None where it cannot be told. `columns` are
    the table's, as both sides have them."""
    known = frozenset(columns)
    try:
        left, right = _read(model, known), _read(database, known)
    except _Unsure:
        return None
    if left == right:
        return False
    # A boolean column's 't' is written as true.
    return None if left.booleans or right.booleans else True


def _read(sql: str, known: frozenset[str]) -> _Said:
    said = _Said()
    items = list(tokens(sql))
    if not items:
        raise _Unsure
    at = 0
    while at < len(items):
        at = _one(sql, items, at, known, said)
    return said


def _one(sql: str, items: list[Token], at: int, known: frozenset[str], said: _Said) -> int:
    """Reads the token at `at` and says where the next thing begins."""
    token = items[at]
    if token.kind in ("string", "number"):
        if token.kind == "string" and (sql[token.start] != "'" or token.text.startswith("{")):
            raise _Unsure  # an array may stand for a list
        said.constants.add(_constant(token))
    elif token.kind == "quoted" or token.text in known:
        if token.text not in known or _text(items, at + 1) == "(":
            raise _Unsure
        said.columns.add(token.text)
    elif token.kind == "word":
        return _word(items, at, said)
    elif token.text == "::":
        return _after_type(items, at + 1)
    elif token.text in _OPERATORS:
        return _operator(items, at, said)
    elif token.text not in ("(", ")", ",", "-", "[", "]"):
        raise _Unsure
    return at + 1


def _word(items: list[Token], at: int, said: _Said) -> int:
    word, following = items[at].text, _text(items, at + 1)
    negated = word == "not" and following in ("in", "between", "like", "ilike")
    if negated:
        word = following
    if word == "in":
        said.comparisons.add("<>" if negated else "=")
    elif word == "between":
        if _text(items, at + 1 + negated) == "symmetric":
            raise _Unsure
        said.comparisons |= {"<", ">"} if negated else {"<=", ">="}
    elif word in _LIKE:
        said.comparisons.add(("!" if negated else "") + _LIKE[word])
    elif word == "is":
        said.comparisons.add("is not" if following == "not" else "is")
        return at + 1 + (following == "not")
    elif word in ("true", "false"):
        said.booleans.add(word)
    elif word in _CALLS and following == "(":
        said.columns.add(f"{word}()")
    elif word not in (*_SKIPPED, "not", "null"):
        raise _Unsure
    return at + 1 + negated


def _text(items: list[Token], at: int) -> str:
    return items[at].text if at < len(items) and items[at].kind in ("word", "mark") else ""


def _constant(token: Token) -> object:
    try:
        number = Decimal(token.text)
    except InvalidOperation:
        if token.kind == "number":
            raise _Unsure from None
        return token.text
    # A sign is an operator to one side and part of the constant to the other.
    return abs(number) if number.is_finite() else token.text


def _after_type(items: list[Token], at: int) -> int:
    if at >= len(items) or items[at].kind != "word" or items[at].text not in _TYPES:
        raise _Unsure
    while at < len(items) and items[at].kind == "word" and items[at].text in _TYPES:
        at += 1
    if at + 1 < len(items) and items[at].text == "(" and items[at + 1].kind == "number":
        while at < len(items) and items[at].text != ")":
            at += 1
        at += 1
    while _text(items, at) == "[" and _text(items, at + 1) == "]":
        at += 2
    return at


def _operator(items: list[Token], at: int, said: _Said) -> int:
    """Marks that touch make one operator."""
    start, last = at, items[at]
    while at + 1 < len(items) and items[at + 1].start == last.end:
        if items[at + 1].kind != "mark" or items[at + 1].text not in _OPERATORS:
            break
        at, last = at + 1, items[at + 1]
    found = "".join(item.text for item in items[start : at + 1])
    said.comparisons.add("<>" if found == "!=" else found)
    return at + 1

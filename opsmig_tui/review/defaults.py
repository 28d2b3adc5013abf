"""Whether two server defaults are one, however PostgreSQL writes it."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from opsmig_tui.review.sql_tokens import Token, tokens
from opsmig_tui.review.types import sql_type

_NULL = Token("word", "null", 0, 0)
_TRUE = ("true", "t", "yes", "y", "on", "1")
_FALSE = ("false", "f", "no", "n", "off", "0")
"""What PostgreSQL takes for a boolean: documentation, Boolean Type."""
_NUMBERS = ("integer", "decimal", "float")


def differ(model: str, database: str, type_: str, enum: bool = False) -> bool | None:
    """Whether the default of the models, as SQL, is another than the database's for a column of
    this type; None where it cannot be told. "" is no default.

    Only constants of numbers, booleans, text and enums are held against each other: PostgreSQL
    writes all others (dates, JSON, calls) in its own way. A default that the database alone has is
    not told either: a migration may leave one behind to fill the rows that were there.
    """
    wanted = _constant(model)
    if not model.strip() or wanted == _NULL:
        return None
    there = _constant(database) if database.strip() else _NULL
    if there == _NULL:
        return True
    if wanted is None or there is None:
        return None
    left, right = _value(wanted, type_, enum), _value(there, type_, enum)
    return None if left is None or right is None else left != right


def _constant(sql: str) -> Token | None:
    """The one constant that the text is made of, whatever casts and brackets are around it."""
    found = [token for token in tokens(sql) if (token.kind, token.text) not in _BRACKETS]
    sign = ""
    if found and (found[0].kind, found[0].text) in (("mark", "-"), ("mark", "+")):
        sign = found.pop(0).text
    if not found or (sign and found[0].kind != "number"):
        return None
    first, cast = found[0], found[1:]
    if cast and (cast[0].text != "::" or any(not _of_type(token) for token in cast)):
        return None
    if any(token.kind == "number" for token in cast) and not _SIZED.search(sql):
        return None
    if first.kind == "word" and first.text not in ("true", "false", "null"):
        return None
    if first.kind == "string" and sql[first.start] in "eE" and "\\" in first.text:
        return None
    kinds = ("word", "string", "number")
    return Token(first.kind, sign + first.text, 0, 0) if first.kind in kinds else None


def _of_type(token: Token) -> bool:
    marks = ("::", ".", ",", "[", "]")
    return token.kind in ("word", "quoted", "number") or token.text in marks


_BRACKETS = (("mark", "("), ("mark", ")"))
_SIZED = re.compile(r"::[\s\w\"]+\(\s*\d+\s*(?:,\s*\d+\s*)?\)[\s)]*$")


def _value(constant: Token, type_: str, enum: bool) -> object:
    """What the column would hold; None where this does not tell."""
    family = "enum" if enum else sql_type(type_).family
    text = constant.text
    if type_.endswith("]"):
        return None
    if family in _NUMBERS:
        return _number(text, whole=family == "integer") if constant.kind != "word" else None
    if family == "boolean":
        lowered = text.strip().lower()
        return lowered in _TRUE if lowered in (*_TRUE, *_FALSE) else None
    if family in ("string", "enum") and constant.kind == "string":
        # Many write the quotes into the Python string, too: alembic takes them away as well.
        quoted = len(text) > 1 and text[0] == text[-1] == "'"
        bare = text[1:-1] if quoted else text
        return bare.rstrip(" ") if family == "string" else bare
    return None


def _number(text: str, whole: bool) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    # PostgreSQL rounds what an integer cannot hold; NaN is not even itself.
    return None if not found.is_finite() or (whole and found % 1) else found

"""Whether ALTER COLUMN … TYPE writes the whole table anew.

PostgreSQL's documentation (ALTER TABLE, Notes) says: not if the types are binary coercible or a
cast only changes the type modifier without changing values. Which those are is measured by a test.
"""

from __future__ import annotations

import re

from opsmig_tui.review.operations import ColumnType

_TEXTS = ("character varying", "text")
_TIMES = (
    *("timestamp without time zone", "timestamp with time zone", "interval"),
    *("time without time zone", "time with time zone"),
)
# No type but itself turns into one of these without a rewrite.
_ALWAYS = frozenset(
    {
        *("smallint", "integer", "bigint", "real", "double precision", "boolean", "date", "uuid"),
        *("json", "jsonb", "bytea", "money", "character", "cidr", "macaddr"),
    }
)
# Nobody changes a column to one of these that is one already; others are restated for their
# constraints or for another dialect.
_ON_PURPOSE = frozenset({"bigint", "jsonb", "uuid"})
_MOST_DIGITS = 6  # of a time: no precision means this


def rewrites(old: ColumnType | None, new: ColumnType, using: str = "") -> bool | None:
    """Whether it does; None where that is not decided. timestamp to timestamptz and back counts as
    not decided: it does not where the session's TimeZone is UTC.

    `using` is the expression of USING; a plain cast to the new type changes nothing.
    """
    if using and not _is_cast(using):
        return True
    if new.constrained:
        return True
    if new.constrained is None or not new.name or new.family == "enum":
        return True if old is not None and _unlike(old, new) else None
    if old is None or not old.name:
        return True if new.name in _ON_PURPOSE else None
    if old.name in _TEXTS and new.name in _TEXTS:
        return _shorter(old.length, new.length)
    if old.name == "bit varying" == new.name:
        return _shorter(old.length, new.length)
    if old.name != new.name:
        return _between(old, new)
    if new.name == "numeric":
        return _numeric(old, new)
    if new.name in _TIMES:
        most = _MOST_DIGITS
        before = most if old.precision is None else old.precision
        return (most if new.precision is None else new.precision) < before
    return new.name == "character" and old.length != new.length


def _between(old: ColumnType, new: ColumnType) -> bool | None:
    zones = {"timestamp without time zone", "timestamp with time zone"}
    if {old.name, new.name} == zones:
        before, after = old.precision or _MOST_DIGITS, new.precision or _MOST_DIGITS
        return True if after < before else None
    if (old.name, new.name) == ("cidr", "inet"):
        return False
    if old.name.endswith("[]") or new.name.endswith("[]"):
        return True
    known = _ALWAYS | set(_TEXTS) | set(_TIMES) | {"numeric", "inet"}
    return True if old.name in known and new.name in known else None


def _unlike(old: ColumnType, new: ColumnType) -> bool:
    """A built-in type into an enum: no cast between them is free."""
    return new.family == "enum" and old.family != "enum" and bool(old.name)


def _shorter(old: int | None, new: int | None) -> bool:
    """A limit that the old type did not have, or a smaller one: each value has to be looked at."""
    return new is not None and (old is None or new < old)


def _numeric(old: ColumnType, new: ColumnType) -> bool:
    if new.precision is None:
        return False
    return old.precision is None or new.scale != old.scale or new.precision < old.precision


def _is_cast(using: str) -> bool:
    """``column::type``, with or without quotes and brackets."""
    return (
        re.fullmatch(r'\(?\s*"?\w+"?\s*\)?\s*::\s*[\w ."]+(\([\d, ]+\))?(\[\])*', using.strip())
        is not None
    )

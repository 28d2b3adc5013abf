"""What earlier revision files create, from their texts alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from opsmig_tui.review.errors import NotReviewable
from opsmig_tui.review.migration import read_migration

_ADDS = re.compile(r"ADD\s+VALUE", re.IGNORECASE)
_CREATED = re.compile(r"""CREATE\s+TYPE\s+(?:"?\w+"?\.)?"?(\w+)"?\s+AS\s+ENUM""", re.IGNORECASE)
_ENUM = re.compile(r"""\b(?:Enum|ENUM)\(""")
_NAME = re.compile(r"""\bname\s*=\s*["'](\w+)["']""")
_TABLE = re.compile(r"""create_table\(\s*["'](\w+)["']""")
_REACH = 4_000  # characters of one Enum(...) call that are looked at
_KEPT = 1_024  # texts whose answers are kept: reviewing a history asks for each again and again


def pending_enum_values(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The values that these revision files add to enum types, by the type's name as it stands
    there ("kind" or "ops.kind"). For `Facts.enum_values_pending`.

    Loops and strings put together are followed as a review does; what is only known at run time
    is left out.
    """
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        for name, values in _values(text):
            found[name] = (*found.get(name, ()), *values)
    return found


@lru_cache(_KEPT)
def _values(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if _ADDS.search(text) is None:
        return ()
    try:
        migration = read_migration(Path("revision.py"), text)
    except NotReviewable:
        return ()  # it has no values that alembic could run either
    return tuple(
        (f"{item.schema}.{item.name}" if item.schema else item.name, item.values or ())
        for item in migration.upgrade
        if item.kind == "add_enum_value" and item.name is not None
    )


def known_enums(texts: Iterable[str]) -> frozenset[str]:
    """Names of the enum types that these revision files mention as SQLAlchemy or SQL enums.

    For `Facts.known_enums`. Generous on purpose: a type too many only keeps a rule silent.
    """
    return frozenset().union(*map(_enums, texts))


@lru_cache(_KEPT)
def _enums(text: str) -> frozenset[str]:
    found = set(_CREATED.findall(text))
    for match in _ENUM.finditer(text):
        name = _NAME.search(text, match.end(), match.end() + _REACH)
        if name is not None:
            found.add(name.group(1))
    return frozenset(found)


def known_tables(texts: Iterable[str]) -> frozenset[str]:
    """Names of the tables that these revision files create. For `Facts.known_tables`."""
    return frozenset().union(*map(_tables, texts))


@lru_cache(_KEPT)
def _tables(text: str) -> frozenset[str]:
    return frozenset(_TABLE.findall(text))

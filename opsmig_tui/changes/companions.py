"""Which tables keep a companion, as far as the text of the files tells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# "__tablename__ = 'x'", "Table('x'" and, in revisions, "create_table('x'".
_TABLE_NAME = re.compile(
    r"""(?:__tablename__\s*(?::[^=\n]+)?=|\b(?:Table|create_table)\()\s*["']([^"'\n]+)["']"""
)
_CREATED = re.compile(
    r"""\bcreate_table\(\s*["']([^"'\n]+)["'](.*?)(?=\n\s*op\.|\ndef |\Z)""", re.S
)
_COLUMN = re.compile(r"""\bColumn\(\s*["'](\w+)["']""")


def static_companions(sources: Iterable[str], suffixes: Iterable[str]) -> dict[str, str]:
    """Versioned table → its companion, where both are named in the files and differ by a suffix.

    Best effort: `sources` may be model files and revision files alike; a companion whose name is
    only made at run time is found through the revision that creates it, or by asking the worker.
    Two tables whose revisions show that they share less than half of the columns are no pair: a
    "flow_version" may be a thing of its own.
    """
    tables: set[str] = set()
    columns: dict[str, frozenset[str]] = {}
    for source in sources:
        named, created = _told(source)
        tables |= named
        columns.update(created)
    return {
        table: table + suffix
        for suffix in suffixes
        if suffix
        for table in sorted(tables)
        if table + suffix in tables and _may_copy(columns.get(table), columns.get(table + suffix))
    }


@lru_cache(1_024)  # reviewing a history asks for each file again and again
def _told(source: str) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """The tables a file names, and the columns of those it creates."""
    created = {name: frozenset(_COLUMN.findall(body)) for name, body in _CREATED.findall(source)}
    return frozenset(_TABLE_NAME.findall(source)), created


def _may_copy(own: frozenset[str] | None, copied: frozenset[str] | None) -> bool:
    return not own or not copied or len(own & copied) * 2 >= len(own)

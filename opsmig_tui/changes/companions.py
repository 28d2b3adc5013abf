"""Which tables keep a companion, as far as the text of the files tells."""

from __future__ import annotations

import re
from collections.abc import Iterable

# "__tablename__ = 'x'", "Table('x'" and, in revisions, "create_table('x'".
_TABLE_NAME = re.compile(
    r"""(?:__tablename__\s*(?::[^=\n]+)?=|\b(?:Table|create_table)\()\s*["']([^"'\n]+)["']"""
)


def static_companions(sources: Iterable[str], suffixes: Iterable[str]) -> dict[str, str]:
    """Versioned table → its companion, where both are named in the files and differ by a suffix.

    Best effort: `sources` may be model files and revision files alike; a companion whose name is
    only made at run time is found through the revision that creates it, or by asking the worker.
    """
    tables = {name for source in sources for name in _TABLE_NAME.findall(source)}
    return {
        table: table + suffix
        for suffix in suffixes
        if suffix
        for table in sorted(tables)
        if table + suffix in tables
    }

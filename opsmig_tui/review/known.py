"""What earlier revision files create, from their texts alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CREATED = re.compile(r"""CREATE\s+TYPE\s+(?:"?\w+"?\.)?"?(\w+)"?\s+AS\s+ENUM""", re.IGNORECASE)
_ENUM = re.compile(r"""\b(?:Enum|ENUM)\(""")
_NAME = re.compile(r"""\bname\s*=\s*["'](\w+)["']""")
_REACH = 4_000  # characters of one Enum(...) call that are looked at


def known_enums(texts: Iterable[str]) -> frozenset[str]:
    """Names of the enum types that these revision files mention as SQLAlchemy or SQL enums.

    For `Facts.known_enums`. Generous on purpose: a type too many only keeps a rule silent.
    """
    found: set[str] = set()
    for text in texts:
        found.update(_CREATED.findall(text))
        for match in _ENUM.finditer(text):
            name = _NAME.search(text, match.end(), match.end() + _REACH)
            if name is not None:
                found.add(name.group(1))
    return frozenset(found)

"""Takes secrets out of everything the worker says. Applied once, where lines leave the process."""

from __future__ import annotations

import re
import threading
from typing import Any, Optional
from urllib.parse import quote, quote_plus

MASK = "***"

_URL = re.compile(r"(://[^\s:/@'\"]*):(?!\*\*\*@)((?:[^\s/'\"]*))@")
_SQL = re.compile(r"(?i)(\bpassword\s+)(?:E?'(?:[^'\\]|''|\\.)*'|\$(\w*)\$.*?\$\2\$)", re.DOTALL)
_FIXED = frozenset(("kind", "direction", "stream", "sign", "dialect", "level", "sqlstate"))
"""Fields with a fixed set of values: a password that is such a word must not change them."""
_SECRET_NAME = re.compile(r"(?i)password|passwd|passphrase|pwd|secret|token|api_?key|credential")


class Redactor:
    """Knows the secrets seen so far; `clean` masks them in any JSON-like value."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: set[str] = set()
        self._public: set[str] = set()
        self._pattern: Optional[re.Pattern[str]] = None

    def add(self, secret: object, public: tuple[object, ...] = ()) -> None:
        """Mask `secret` from now on. `public` are names shown beside it (user, database, host).

        A password that equals such a name cannot be hidden by hiding the name; it is then masked
        only where it stands as a password (URLs, ``password=``, ``PASSWORD '…'``).
        """
        text = str(secret) if secret else ""
        names = {str(name) for name in public if name}
        with self._lock:
            if not text or (text in self._secrets and names <= self._public):
                return
            self._secrets.add(text)
            self._public |= names
            self._pattern = _pattern(self._secrets - self._public)

    def text(self, value: str) -> str:
        """`value` without any secret."""
        pattern = self._pattern
        if pattern is not None:
            value = pattern.sub(MASK, value)
        if "://" in value:
            value = _URL.sub(rf"\1:{MASK}@", value)
        if "password" in value.lower():
            value = _SQL.sub(rf"\1'{MASK}'", value)
        return value

    def clean(self, value: Any) -> Any:
        """A copy of a JSON-like value with every string in it masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: item if key in _FIXED else self.clean(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.clean(item) for item in value]
        return value


def x_argument(value: str, redactor: Redactor) -> str:
    """A ``-x`` argument as it may be shown: the value of a secret-looking name is masked.

    A bare value has no name to judge it by and is masked as well.
    """
    name, equals, _ = value.partition("=")
    if equals and not _SECRET_NAME.search(name):
        return redactor.text(value)
    return f"{name}={MASK}" if equals else MASK


def secret_of(x_value: str) -> str:
    """The part of a ``-x`` argument that must never be shown, or ""."""
    name, equals, rest = x_value.partition("=")
    return rest if equals and _SECRET_NAME.search(name) else ""


def _pattern(secrets: set[str]) -> Optional[re.Pattern[str]]:
    """One expression for all spellings, longest first.

    A short plain word ("secret") is masked as a whole word only: inside longer names it would make
    text unreadable without hiding anything. One or two characters hide nothing at all.
    """
    spellings: set[str] = set()
    for secret in (item for item in secrets if len(item) > 2):
        spellings |= {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]}
    parts = []
    for spelling in sorted(spellings, key=len, reverse=True):
        word = len(spelling) < 8 and spelling.isalnum()
        parts.append(rf"(?<!\w){re.escape(spelling)}(?!\w)" if word else re.escape(spelling))
    return re.compile("|".join(parts)) if parts else None

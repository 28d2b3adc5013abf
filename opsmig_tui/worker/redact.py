"""Takes secrets out of everything the worker says. Applied once, where lines leave the process."""

from __future__ import annotations

import json
import re
import threading
from typing import Any, Optional

from .protocol import MASK, mask

_WORDS = ("kind", "direction", "stream", "sign", "dialect", "level", "sqlstate")
_FIXED = frozenset((*_WORDS, "file", "path", "directory", "file_name", "digest"))
"""Fields with a fixed set of values, and paths: a password that is such a word, or the name of a
folder, must not change them."""
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
        return mask(value)

    def clean(self, value: Any) -> Any:
        """A copy of a JSON-like value with every string in it masked, and fit to be printed."""
        if isinstance(value, str):
            text = self.text(value)
            return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
        if isinstance(value, dict):
            return {
                key: item if item is None or key in _FIXED else self.clean(item)
                for key, item in value.items()
            }
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
    parts = []
    for secret in sorted(secrets, key=len, reverse=True):
        spelled = "".join(_spellings(character) for character in secret)
        if len(secret) < 8 and secret.isalnum():
            spelled = rf"(?<!\w){spelled}(?!\w)"
        if len(secret) > 2:
            parts.append(spelled)
    return re.compile("|".join(parts)) if parts else None


def _spellings(character: str) -> str:
    """An expression for one character: plain, or as URLs, ini files, SQL, Python and JSON have it.

    Libraries differ in what they escape, so any mixture in one word is the word.
    """
    if character.isascii() and character.isalnum():
        return character
    octets = character.encode("utf-8", "surrogateescape")
    in_url = "".join(f"%{{1,2}}(?i:{octet:02x})" for octet in octets)
    others = {character, character * 2 if character in "%'" else character, "\\" + character}
    others |= {repr(character)[1:-1], json.dumps(character)[1:-1], "+" if character == " " else ""}
    found = sorted(filter(None, others), key=len, reverse=True)
    return f"(?:{in_url}|{'|'.join(re.escape(other) for other in found)})"

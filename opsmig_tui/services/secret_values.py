"""The passwords a container or a compose file holds, kept out of whatever is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from opsmig_tui.worker.protocol import MASK, mask

# Shorter ones could not be told from other text.
_SHORTEST = 4
_SECRET_NAME = re.compile(
    r"(?i)passw|passphrase|pass$|(?:_|^db)pwd$|secret|token|(?:api|private)_?key|credential"
    r"|(?:^|_)auth$"
)
# What is shown on the screen anyway, and is the password as well in many a development database.
_OPEN_NAME = re.compile(r"(?i)user(?:name)?$|(?:^|_)(?:db|name)$|database$|host$")
_IN_URL = re.compile(r"://[^\s:/@]*:([^\s/]+)@")


def secret_values(variables: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The passwords among (name, value) pairs, longest first: one may be the beginning of another.

    One that is also the name of the user or of the database is not among them: masking that
    everywhere would tell it.
    """
    secret: set[str] = set()
    open_values: set[str] = set()
    for name, value in variables:
        if _SECRET_NAME.search(name):
            secret.add(value)
        elif _OPEN_NAME.search(name):
            open_values.add(value)
        if found := _IN_URL.search(value):
            secret |= {found[1], unquote(found[1])}
    long_enough = (value for value in secret - open_values if len(value) >= _SHORTEST)
    return tuple(sorted(long_enough, key=lambda value: (-len(value), value)))


def of_container(config: object) -> tuple[str, ...]:
    """Those of a container: `config` is "Config" of the engine's answer."""
    lines = (config.get("Env") if isinstance(config, dict) else None) or ()
    pairs = (str(one).partition("=") for one in lines)
    return secret_values((name, value) for name, _, value in pairs)


def masked(text: str, secrets: tuple[str, ...]) -> str:
    """`text` without these passwords, and without what looks like one."""
    text = mask(text)
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text

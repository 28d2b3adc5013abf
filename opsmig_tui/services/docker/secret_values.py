"""A container's own passwords, kept out of whatever it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from opsmig_tui.worker.protocol import MASK, mask

# Shorter ones could not be told from other text.
_SHORTEST = 4
_SECRET_NAME = re.compile(
    r"(?i)passw|passphrase|pass$|(?:_|^db)pwd$|secret|token|api_?key|credential"
)


def secret_values(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The passwords among the variables of a container ("Config" of the engine's answer).

    One that is also the value of an open variable (the user's name, say) is not among them: masking
    it everywhere would tell it.
    """
    pairs = [str(one).partition("=") for one in config.get("Env") or ()]
    named = {value for name, _, value in pairs if _SECRET_NAME.search(name)}
    open_values = {value for name, _, value in pairs if not _SECRET_NAME.search(name)}
    return tuple(value for value in named - open_values if len(value) >= _SHORTEST)


def masked(text: str, secrets: tuple[str, ...]) -> str:
    """`text` without these passwords, and without what looks like one."""
    text = mask(text)
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text

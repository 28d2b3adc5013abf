"""What a compose file's `${…}` stand for: the environment, then .env files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)"
    r"|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-+?])(?P<word>(?:[^{}]|\{[^{}]*\})*))?\})"
)


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """Fill in ``$NAME``, ``${NAME}``, ``${NAME:-default}``, ``${NAME:+other}`` as compose does."""
    return _VARIABLE.sub(lambda match: _value(match, variables), text)


def _value(match: re.Match[str], variables: Mapping[str, str]) -> str:
    if match["escaped"]:
        return "$"
    value = variables.get(match["plain"] or match["name"])
    how, word = match["how"], match["word"] or ""
    if how is None:
        return value or ""
    is_set = bool(value) if how.startswith(":") else value is not None
    if how.endswith("+"):
        return interpolate(word, variables) if is_set else ""
    if is_set:
        return value or ""
    return interpolate(word, variables) if how.endswith("-") else ""


def read_dotenv(path: Path) -> dict[str, str]:
    """NAME=value lines of a .env file; quotes are taken off. {} when there is none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    found = {}
    for line in text.splitlines():
        match = re.match(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:]\s*(.*)$", line)
        if match:
            name, value = match.groups()
            if value[:1] in ("'", '"') and value.find(value[0], 1) > 0:
                value = value[1 : value.index(value[0], 1)]
            else:
                value = re.split(r"\s+#", value)[0].strip()
            found[name] = value
    return found

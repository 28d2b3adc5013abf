"""Files of a project template that nobody has filled in yet: cookiecutter, copier, Mako, shell."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\$\{.*?\}|<%.*?%>")


def placeholder_in(text: str) -> str:
    """The first placeholder, such as ``{{ name }}`` or ``${name}``; "" where there is none."""
    found = _PLACEHOLDER.search(text)
    return found[0] if found else ""

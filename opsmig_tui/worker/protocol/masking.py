"""Passwords masked where they stand as such: in URLs, in SQL, in connection strings.

Needs no knowledge of the passwords themselves, so the tool uses it as well, on what programs print.
"""

from __future__ import annotations

import re

MASK = "***"

_URL = re.compile(r"(://[^\s:/@'\"]*):(?!\*\*\*@)((?:[^\s/'\"]*))@")
# A token for git alone, in the place of the user. ssh://git@host and URLs of databases have names.
_TOKEN = re.compile(r"(https?://)(?!\*\*\*@)[^\s:/@'\"]+@")
_SQL = re.compile(r"(?i)(\bpassword\s+)(?:E?'(?:[^'\\]|''|\\.)*'|\$(\w*)\$.*?\$\2\$)", re.DOTALL)
_DSN = re.compile(
    r"""(?i)(password['"]?[ ]*[:=][ ]*)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""|((?:password|passwd|\bpwd)=)(?!\*\*\*)[^\s'",;&)]+"""
)


def mask(text: str) -> str:
    """`text` with a mask in the place of each password, and of tokens in URLs of the web."""
    if "://" in text:
        text = _URL.sub(rf"\1:{MASK}@", text)
        text = _TOKEN.sub(rf"\1{MASK}@", text)
    lower = text.lower()
    if "passw" in lower or "pwd=" in lower:
        text = _SQL.sub(rf"\1'{MASK}'", text)
        text = _DSN.sub(lambda found: (found[1] or found[2]) + MASK, text)
    return text

"""Statements that reach beyond the database they are run in: no copy of it holds them off."""

from __future__ import annotations

import re

# What has to be read as a whole: within one of them the others mean nothing.
_WHOLE = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
    |(?P<tag>\$(?:[^\W\d]\w*)?\$)(?P<body>.*?)(?P=tag)
    |(?P<literal>\bE'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")*")""",
    re.S | re.X | re.I,
)
# Where a statement begins: of the text, after another, in the body of a block, in dynamic SQL.
_START = r"(?:^|;|\$\w*\$|\bBEGIN\b|\bTHEN\b|\bELSE\b|\bLOOP\b|')\s*"
_SHARED = (
    r"(?:ROLE|USER(?:\s+MAPPING)?|GROUP|DATABASE|TABLESPACE|SUBSCRIPTION|SERVER|FOREIGN\s+DATA)\b"
)
_REACHES = tuple(
    (words, re.compile(pattern, re.I))
    for words, pattern in (
        ("changes roles, databases or servers", rf"{_START}(?:CREATE|ALTER|DROP)\s+{_SHARED}"),
        ("changes roles, databases or servers",
         rf"{_START}(?:COMMENT\s+ON|SECURITY\s+LABEL\s+ON)\s+(?:ROLE|DATABASE|TABLESPACE)\b"),
        ("gives or takes what belongs to the whole server",
         rf"{_START}(?:GRANT|REVOKE)\b[^;]*\bON\s+(?:DATABASE|TABLESPACE|PARAMETER)\b"),
        ("gives or takes roles", rf"{_START}(?:GRANT|REVOKE)\b(?![^;]*\bON\b)"),
        ("gives or takes roles", rf"{_START}(?:REASSIGN|DROP)\s+OWNED\b"),
        ("changes the server's settings", rf"{_START}ALTER\s+SYSTEM\b"),
        ("loads a library into the server", rf"{_START}LOAD\s+'"),
        ("reads or writes the server's files",
         r"\bCOPY\b[^;]*?\b(?:TO|FROM)\s+(?:PROGRAM\s+)?E?'"),
        ("reads or writes the server's files",
         r"\b(?:lo_export|lo_import|pg_(?:read|write)_(?:binary_)?file|pg_file_\w+)\s*\("),
        ("connects to another database", r"\bdblink\w*\s*\(|\bIMPORT\s+FOREIGN\s+SCHEMA\b"),
        ("touches other sessions or the whole server",
         r"\bpg_(?:terminate_backend|cancel_backend|reload_conf|rotate_logfile|promote|"
         r"(?:create|drop)_\w*replication_slot|replication_origin_\w+)\s*\("),
    )
)  # fmt: skip
_BODIES = re.compile(r"\s*DO\b", re.I)


def reaches_outside(sql: str) -> str:
    """What of it reaches beyond the database, in words; "" where nothing does.

    Read as text: what a function that is there already does when it is called is not seen.
    """
    told = _told(sql, dynamic=False)
    if _BODIES.match(told):
        told = _told(sql, dynamic=True)
    return next((words for words, pattern in _REACHES if pattern.search(told)), "")


def _told(sql: str, dynamic: bool) -> str:
    """Without comments. What a literal holds is data, but for dynamic SQL in a body."""

    def one(found: re.Match[str]) -> str:
        if found["comment"]:
            return " "
        if found["tag"]:
            return f"{found['tag']}{_told(found['body'], dynamic=True)}{found['tag']}"
        return "''" if found["literal"] and not dynamic else found[0]

    return _WHOLE.sub(one, sql)

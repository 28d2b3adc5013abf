"""Statements that reach beyond the database they are run in: no copy of it holds them off."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
# Where a statement begins: of the text, after another, in the body of a block, in dynamic SQL.
_START = (
    r"(?:^|;|\$\w*\$|\bBEGIN\b|\bTHEN\b|\bELSE\b|\bLOOP\b|\bEXECUTE\s+(?:format\s*\(\s*)?E?')\s*"
)
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
    bare = _COMMENT.sub(" ", sql)
    # What a literal holds is data, but for the file that COPY names and for dynamic SQL in a body.
    told = bare if _BODIES.match(bare) else _LITERAL.sub("''", bare)
    return next((words for words, pattern in _REACHES if pattern.search(told)), "")

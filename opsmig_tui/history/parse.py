"""The text of one revision file -> its identifiers, without running it.

Nearly every revision file is written by alembic's template, so a handful of substring searches
and anchored regular expressions tell everything. Whatever is not plainly that shape goes through
`ast`, and what only running the file could tell is marked computed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMES = ("revision", "down_revision", "branch_labels", "depends_on")

_STRING = r"""(?:"[^"\\\n]*"|'[^'\\\n]*')"""
_SPACE = r"(?:\s|\#[^\n]*\n)*"
# What follows a name in a plain assignment: a string, None, or a bracketed run of strings.
_ASSIGNMENT = re.compile(
    rf"""[ \t]*(?::[^=\n#"'(]+)?=[ \t]*
    (None | {_STRING} | [(\[]{_SPACE}(?:{_STRING}{_SPACE},{_SPACE})*(?:{_STRING}{_SPACE})?[)\]])
    [ \t]*(?:\#[^\n]*)?(?:\n|\Z)""",
    re.VERBOSE,
)
_DOCSTRING = re.compile(
    r"(?:[ \t]*(?:#[^\n]*)?\n)*(\"\"\"|''')(.*?)\1[ \t]*(?:#[^\n]*)?(?:\n|\Z)", re.DOTALL
)
_STRINGS_AND_COMMENTS = re.compile(rf"{_STRING}|#[^\n]*")
# What could bind a name again: any other mention, as in prose or in revision[:8], only reads it.
_BINDING = re.compile(
    r"""(?:\b(?:global|nonlocal|import|as|def|class|del|case|in)[\s\\]+ | [,(\[*]\s*)
        (?:revision|down_revision|branch_labels|depends_on)\b
      | \b(?:revision|down_revision|branch_labels|depends_on)
        \s*(?:[-+*/%@&|^<>]{0,3}=(?!=) | [:,)\]}\\\#] | in\b | if\b)""",
    re.VERBOSE,
)
_TEMPLATE_COMMENT = "# revision identifiers, used by Alembic."


class NotARevision(Exception):
    """The file cannot be a revision alembic would load; the message says why, without its path."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a revision file says of itself. `revision` is None where it names none that can be read.

    `docstring` is stripped, as alembic's Script.longdoc is.
    """

    revision: str | None
    down_revisions: tuple[str, ...]
    branch_labels: tuple[str, ...]
    depends_on: tuple[str, ...]
    docstring: str
    computed: bool = False


def parse(text: str) -> Fields:
    """Read one file's text. Newlines must be ``\\n``. Raises NotARevision."""
    fields = _parse_plain(text)
    if fields is not None:
        return fields
    from opsmig_tui.history.syntax import parse_syntax

    return parse_syntax(text)


def _parse_plain(text: str) -> Fields | None:
    """The template's shape, or None where there is any doubt.

    Doubt is what might bind one of the names again, outside the docstring, the template's comment
    and the one assignment found for it.
    """
    found_doc = _DOCSTRING.match(text)
    if found_doc is None or "\\" in found_doc[2]:
        return None
    start = found_doc.end()
    spans: list[tuple[int, int]] = []
    values: list[tuple[str, ...] | None] = []
    for name in NAMES:
        position = _line_start(text, name, start)
        if position < 0:
            values.append(None)
            continue
        found = _ASSIGNMENT.match(text, position + len(name))
        if found is None:
            return None
        value = found[1]
        values.append(() if value == "None" else _strings(value))
        spans.append((position, found.end()))
    revision, down, labels, depends = values
    if revision is None or len(revision) != 1 or down is None:
        return None
    if _mentioned_elsewhere(text, start, sorted(spans)):
        return None
    return Fields(revision[0], down, labels or (), depends or (), found_doc[2].strip())


def _strings(value: str) -> tuple[str, ...]:
    found = _STRINGS_AND_COMMENTS.findall(value)
    return tuple([item[1:-1] for item in found if item[0] != "#"])


def _line_start(text: str, name: str, start: int) -> int:
    """Where a line begins with `name`, or -1."""
    if text.startswith(name, start):
        return start
    found = text.find("\n" + name, start)
    return found + 1 if found >= 0 else -1


def _mentioned_elsewhere(text: str, start: int, spans: list[tuple[int, int]]) -> bool:
    among = text[start : spans[-1][0]]  # a text of several lines may hold what looks like one
    if '"""' in among or "'''" in among:
        return True
    pieces = [text[start : spans[0][0]]]
    for (_, end), (following, _) in zip(spans, [*spans[1:], (len(text), 0)], strict=True):
        pieces.append(text[end:following])
    rest = "\n".join(pieces).replace(_TEMPLATE_COMMENT, "")
    if "revision" not in rest and "branch_labels" not in rest and "depends_on" not in rest:
        return False
    return _BINDING.search(rest) is not None

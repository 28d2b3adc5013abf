"""Names of revision files, taken apart and made again by the project's file_template."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# alembic's own defaults (ScriptDirectory): template, and where it cuts a long slug.
DEFAULT_TEMPLATE = "%(rev)s_%(slug)s"
SLUG_LENGTH = 40
_DATE = ("year", "month", "day", "hour", "minute", "second")
_NUMBERS = frozenset({*_DATE, "epoch"})
_TOKEN = re.compile(r"%\((\w+)\)(\d*(?:\.\d+)?)[sd]|%%")
_DIGITS = {"year": "4", "epoch": "1,"}


def slug(message: str) -> str:
    """The message as alembic writes it into a file name: words, lower case, cut at a word."""
    text = "_".join(re.findall(r"\w+", message)).lower()
    if len(text) <= SLUG_LENGTH:
        return text
    return text[:SLUG_LENGTH].rsplit("_", 1)[0] + "_"


def date_values(moment: datetime) -> dict[str, int]:
    """What alembic fills into a template for a create date."""
    values = {name: int(getattr(moment, name)) for name in _DATE}
    return {**values, "epoch": int(moment.timestamp())}


def create_date(zone: str | None) -> datetime:
    """Now, in the time zone of the project's `timezone` (None, or one unknown here: local time)."""
    if zone is None:
        return datetime.now()
    for name in (zone, zone.upper()):  # as alembic tries them
        with suppress(ZoneInfoNotFoundError, ValueError):
            return datetime.now(ZoneInfo(name))
    return datetime.now()


def has_date(template: str | None) -> bool:
    """Whether the names of this template tell a date."""
    found = {match[1] for match in _TOKEN.finditer(template or DEFAULT_TEMPLATE)}
    return not _NUMBERS.isdisjoint(found)


def renamed(
    template: str | None,
    path: Path,
    revision: str,
    *,
    message: str | None = None,
    date: datetime | None = None,
) -> Path | None:
    """The path with another message or date in its name; what is None stays as the name has it.

    None where the name is not as the template has it, or the template has parts of its own.
    """
    template = template or DEFAULT_TEMPLATE
    folders = template.count("/")
    home = path.parents[folders]
    name = path.relative_to(home).with_suffix("").as_posix()
    found = re.fullmatch(_pattern(template, revision), name)
    if found is None:
        return None
    values: dict[str, str | int] = {"rev": revision}
    for token, text in found.groupdict().items():
        values[token] = int(text) if token in _NUMBERS else text
    if message is not None:
        values["slug"] = slug(message)
    if date is not None:
        values |= date_values(date)
    try:
        made = template % values
    except (KeyError, ValueError, TypeError):
        return None
    return home / f"{made}.py"


def _pattern(template: str, revision: str) -> str:
    """One group a token; a token of the project's own matches nothing."""
    parts, at = [], 0
    seen: set[str] = set()
    for match in _TOKEN.finditer(template):
        parts.append(re.escape(template[at : match.start()]))
        at = match.end()
        token = match[1]
        if token is None:
            parts.append("%")
        elif token == "rev":
            parts.append(re.escape(revision))
        elif token in seen:
            parts.append(f"(?P={token})")
        elif token in _NUMBERS or token == "slug":
            seen.add(token)
            padded = "2" if match[2] else "1,2"
            text = r"\w*" if token == "slug" else rf"\d{{{_DIGITS.get(token, padded)}}}"
            parts.append(f"(?P<{token}>{text})")
        else:
            parts.append("(?!)")
    return "".join(parts) + re.escape(template[at:])

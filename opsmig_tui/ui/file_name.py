"""The file name a new revision will most likely get, while alembic's own answer is awaited."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# alembic's own defaults (ScriptDirectory): template, and where it cuts a long slug.
DEFAULT_TEMPLATE = "%(rev)s_%(slug)s"
SLUG_LENGTH = 40


def likely_file_name(template: str | None, message: str, revision: str, now: datetime) -> str:
    """`template` is the project's file_template; `revision` may be a placeholder ("…").

    "" for an empty message, and for a template with parts that only alembic can fill in.
    """
    if not message.strip():
        return ""
    values = {
        "rev": revision,
        "slug": slug(message),
        "epoch": int(now.timestamp()),
        "year": now.year,
        "month": now.month,
        "day": now.day,
        "hour": now.hour,
        "minute": now.minute,
        "second": now.second,
    }
    try:
        return f"{(template or DEFAULT_TEMPLATE) % values}.py"
    except (KeyError, ValueError, TypeError):
        return ""


def create_date(zone: str | None) -> datetime:
    """Now, in the time zone of the project's `timezone` (None, or one unknown here: local time)."""
    if zone is None:
        return datetime.now()
    for name in (zone, zone.upper()):  # as alembic tries them
        with suppress(ZoneInfoNotFoundError, ValueError):
            return datetime.now(ZoneInfo(name))
    return datetime.now()


def slug(message: str) -> str:
    """The message as alembic writes it into a file name: words, lower case, cut at a word."""
    text = "_".join(re.findall(r"\w+", message)).lower()
    if len(text) <= SLUG_LENGTH:
        return text
    return text[:SLUG_LENGTH].rsplit("_", 1)[0] + "_"

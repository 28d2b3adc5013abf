"""The file name a new revision will most likely get, while alembic's own answer is awaited."""

from __future__ import annotations

from datetime import datetime

from opsmig_tui.history.file_names import DEFAULT_TEMPLATE, date_values, slug


def likely_file_name(template: str | None, message: str, revision: str, now: datetime) -> str:
    """`template` is the project's file_template; `revision` may be a placeholder ("…").

    "" for an empty message, and for a template with parts that only alembic can fill in.
    """
    if not message.strip():
        return ""
    values = {"rev": revision, "slug": slug(message), **date_values(now)}
    try:
        return f"{(template or DEFAULT_TEMPLATE) % values}.py"
    except (KeyError, ValueError, TypeError):
        return ""

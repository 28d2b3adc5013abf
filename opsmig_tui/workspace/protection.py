"""Databases that the settings protect: their name is typed before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from opsmig_tui.project.model import Settings
from opsmig_tui.worker.protocol import Identity


def protection(settings: Settings, databases: Iterable[Identity]) -> str:
    """The first pattern that the name or host of one of them matches, or "". Case is ignored."""
    for one in databases:
        for name in filter(None, (one.database, one.host)):
            for pattern in settings.protected:
                if fnmatchcase(name.lower(), pattern.lower()):
                    return pattern
    return ""

"""Databases that the settings protect: their name is typed before anything is changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from opsmig_tui.project.model import Settings
from opsmig_tui.worker.protocol import Identity
from opsmig_tui.workspace.state import ProtectionRead

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


def protection(settings: Settings, databases: Iterable[Identity]) -> str:
    """The first pattern that the name or host of one of them matches, or "". Case is ignored."""
    for one in databases:
        for name in filter(None, (one.database, one.host)):
            for pattern in settings.protected:
                if fnmatchcase(name.lower(), pattern.lower()):
                    return pattern
    return ""


async def read_protection(workspace: Workspace) -> None:
    """Takes the patterns from the files as they are now: one may have been added since.

    Raises OpsmigError where the settings cannot be read: nothing is done then.
    """
    from opsmig_tui.project.open import read_settings

    project = workspace.project
    found = await asyncio.to_thread(read_settings, project.config.path, project.repository)
    if found.protected != project.settings.protected:
        workspace.dispatch(ProtectionRead(found.protected))

"""Who else is connected, in words, before the server is stopped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from opsmig_tui.worker.protocol import SessionGroup, Sessions, SessionsResult
from opsmig_tui.workspace.status import describe, wrong_database

if TYPE_CHECKING:
    from opsmig_tui.services.docker import ContainerState
    from opsmig_tui.workspace.workspace import Workspace

# A server that hangs is a good reason to restart it.
PATIENCE_SECONDS = 5.0
MOST_NAMED = 4


async def sessions_text(workspace: Workspace, container: ContainerState) -> tuple[str, bool]:
    """One sentence, and whether it is a warning: sessions would be lost, or nobody knows."""
    unknown = "How many other sessions are connected is not known: "
    state = workspace.state
    if not state.trusted:
        return f"{unknown}this project is not trusted to ask the database.", True
    if other := wrong_database(state):
        return f"{unknown}{other}", True
    where = state.locality
    if where is None or where.kind != "container":
        why = where.text if where is not None else "the database has not answered"
        return f"{unknown}{why}.", True
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader = await workspace.workers.reader()
            found = cast(SessionsResult, await reader.request(Sessions()))
    except TimeoutError:
        return f"{unknown}no answer within {PATIENCE_SECONDS:.0f} s.", True
    except Exception as error:  # what keeps it from answering must not keep it from being stopped
        return f"{unknown}{describe(error)[0].rstrip('.')}.", True
    count = sum(group.count for group in found.groups)
    if not count:
        return f"No other session is connected to {container.service}.", False
    named = ", ".join(map(_group, found.groups[:MOST_NAMED]))
    rest = sum(group.count for group in found.groups[MOST_NAMED:])
    more = f" and {rest} more" if rest else ""
    many = "1 other session is" if count == 1 else f"{count} other sessions are"
    return f"{many} connected and would be cut off: {named}{more}.", True


def _group(group: SessionGroup) -> str:
    who = group.application or "unnamed"
    return f"{group.count} {who} ({group.user} on {group.database})"

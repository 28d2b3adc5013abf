"""Waiting until a database that was just started takes connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.status import refresh, wrong_database

if TYPE_CHECKING:
    from opsmig_tui.services.docker import ContainerState
    from opsmig_tui.workspace.workspace import Workspace

# An image that fills its database at first takes its time; a health check has a period of its own.
PATIENCE_SECONDS = 90.0
# Healthy, but refusing: the server of the first moments, which only the container itself reaches.
REFUSING_SECONDS = 15.0
ASK_AGAIN_SECONDS = 0.25
# A container that ends again and again is not going to come up.
MOST_RESTARTS = 2
# An engine that is busy starting a container may leave one question unanswered, not all of them.
SILENT_SECONDS = 15.0
# Of a log, to say why.
LAST_LINES = 3

Say = Callable[[str, str], None]


async def until_ready(workspace: Workspace, say: Say) -> str:
    """Waits for the health check, or for a real connection where there is none; returns in words
    how it stands then.

    Raises OpsmigError as soon as it is clear that it does not come up, with the log's last lines
    told through `say(kind, text)`.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_SECONDS
    heard = loop.time()
    said = False
    while True:
        await refresh(workspace, "container", quiet=True)
        container = workspace.state.service_container
        if container is None:
            if loop.time() - heard > SILENT_SECONDS:
                docker = workspace.state.container.value
                raise OpsmigError(docker.problem if docker is not None else "Docker is silent.")
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            continue
        heard = loop.time()
        await _raise_when_hopeless(workspace, container, say)
        checked = container.state == "healthy"
        if checked or (
            container.state == "running" and await _takes_connections(workspace, container)
        ):
            break
        if loop.time() >= end:
            await _tell_log(workspace, container, say)
            raise OpsmigError(
                f"{container.service} is still {container.said} after {PATIENCE_SECONDS:.0f} s",
                hint="l in the Database pane shows its log.",
            )
        if not said:
            what = "be healthy" if container.has_check else "take connections"
            say("info", f"waiting for {container.service} to {what} …")
            said = True
        await asyncio.sleep(ASK_AGAIN_SECONDS)
    return f"{container.service} is {container.state}{await _position(workspace)}"


async def _raise_when_hopeless(workspace: Workspace, container: ContainerState, say: Say) -> None:
    gone = container.can_start or container.state == "paused"
    loops = container.state == "restarting" and container.restarts >= MOST_RESTARTS
    if gone or loops:
        await _tell_log(workspace, container, say)
        raise OpsmigError(
            f"{container.service} is {container.said}", hint="l in the Database pane shows its log."
        )


async def _tell_log(workspace: Workspace, container: ContainerState, say: Say) -> None:
    from opsmig_tui.services.docker.details import last_lines

    docker = workspace.state.container.value
    if docker is None or not container.id:
        return
    try:
        lines = await asyncio.to_thread(last_lines, docker.engine, container.id, LAST_LINES)
    except OpsmigError as error:  # it only adds to what is wrong
        say("info", f"its log could not be read: {error}")
        return
    for text in lines:
        say("print", text)


async def _takes_connections(workspace: Workspace, container: ContainerState) -> bool:
    """The worker's real connection, where that leads into this container; else pg_isready inside: a
    login that is refused, or env.py's going elsewhere, is told once the server is there."""
    if workspace.state.trusted and workspace.project.interpreter is not None:
        await refresh(workspace, "status", quiet=True)
        where = workspace.state.locality
        if not _unreachable(workspace) and where is not None and where.kind == "container":
            return True
    from opsmig_tui.services.docker.details import is_ready

    docker = workspace.state.container.value
    try:
        return docker is not None and await asyncio.to_thread(is_ready, docker.engine, container)
    except OpsmigError:  # it has just ended, say: the next look at it tells
        return False


async def _position(workspace: Workspace) -> str:
    """Where the database stands, once it answers."""
    from opsmig_tui.workspace.failure_text import position

    if not workspace.state.trusted:
        return ""
    loop = asyncio.get_running_loop()
    end = loop.time() + REFUSING_SECONDS
    await workspace.refresh("status")
    while _unreachable(workspace) and not wrong_database(workspace.state) and loop.time() < end:
        await asyncio.sleep(ASK_AGAIN_SECONDS)
        await refresh(workspace, "status", quiet=True)
    status = workspace.state.status
    if other := wrong_database(workspace.state):
        return f"; but {other.rstrip('.')}"
    if status.phase == "failed":
        return f"; where the database stands could not be read: {status.problem}"
    return f"; the database stands at {position(workspace.state.current or ())}"


def _unreachable(workspace: Workspace) -> bool:
    failure = workspace.state.status.failure
    return failure is not None and failure.kind == "connection"

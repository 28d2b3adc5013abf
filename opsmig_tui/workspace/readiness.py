"""Waiting until a database that was just started takes connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.status import refresh

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
    said = False
    while True:
        await refresh(workspace, "container", quiet=True)
        container = _container(workspace)
        await _raise_when_hopeless(workspace, container, say)
        checked = container.state == "healthy"
        if checked or (container.state == "running" and await _takes_connections(workspace)):
            break
        if loop.time() >= end:
            await _tell_log(workspace, container, say)
            detail = f": {container.detail}" if container.detail else ""
            raise OpsmigError(
                f"{container.service} is still {container.state} after "
                f"{PATIENCE_SECONDS:.0f} s{detail}",
                hint="l shows its log.",
            )
        if not said:
            what = "be healthy" if container.has_check else "take connections"
            say("info", f"waiting for {container.service} to {what} …")
            said = True
        await asyncio.sleep(ASK_AGAIN_SECONDS)
    return f"{container.service} is {container.state}{await _position(workspace)}"


def _container(workspace: Workspace) -> ContainerState:
    docker = workspace.state.container.value
    if docker is None or docker.container is None:
        raise OpsmigError(docker.problem if docker is not None else "Docker does not answer.")
    return docker.container


async def _raise_when_hopeless(workspace: Workspace, container: ContainerState, say: Say) -> None:
    gone = container.state in ("absent", "created", "exited", "dead", "paused")
    loops = container.state == "restarting" and container.restarts >= MOST_RESTARTS
    if gone or loops:
        await _tell_log(workspace, container, say)
        detail = f": {container.detail}" if container.detail else ""
        raise OpsmigError(
            f"{container.service} is {container.state}{detail}", hint="l shows its log."
        )


async def _tell_log(workspace: Workspace, container: ContainerState, say: Say) -> None:
    from opsmig_tui.services.docker.details import last_lines

    docker = workspace.state.container.value
    if docker is not None and container.id:
        for text in await asyncio.to_thread(last_lines, docker.engine, container.id, LAST_LINES):
            say("print", text)


async def _takes_connections(workspace: Workspace) -> bool:
    """Asked by the worker's real connection; without trust or Python by pg_isready inside."""
    if workspace.state.trusted and workspace.project.interpreter is not None:
        await refresh(workspace, "status", quiet=True)
        return not _unreachable(workspace)
    from opsmig_tui.services.docker.details import is_ready

    docker = workspace.state.container.value
    container = _container(workspace)
    return docker is not None and await asyncio.to_thread(is_ready, docker.engine, container)


async def _position(workspace: Workspace) -> str:
    """Where the database stands, once it answers."""
    from opsmig_tui.workspace.running import position

    if not workspace.state.trusted:
        return ""
    loop = asyncio.get_running_loop()
    end = loop.time() + REFUSING_SECONDS
    await workspace.refresh("status")
    while _unreachable(workspace) and loop.time() < end:
        await asyncio.sleep(ASK_AGAIN_SECONDS)
        await refresh(workspace, "status", quiet=True)
    status = workspace.state.status
    if status.phase == "failed":
        return f"; where the database stands could not be read: {status.problem}"
    return f"; the database stands at {position(workspace.state.current or ())}"


def _unreachable(workspace: Workspace) -> bool:
    failure = workspace.state.status.failure
    return failure is not None and failure.kind == "connection"

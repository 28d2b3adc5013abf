"""Starting the database's compose service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.guards import refuse_when_read_only
from opsmig_tui.workspace.status import refresh

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

PATIENCE_SECONDS = 30.0
ASK_AGAIN_SECONDS = 0.5


async def start_database(workspace: Workspace) -> None:
    """Starts the service and reads container and status again; its output streams.

    Raises OpsmigError when there is no service, no Docker, or the start failed.
    """
    from opsmig_tui.services.compose_up import start_command, start_service

    refuse_when_read_only(workspace, "start the database")
    docker = workspace.state.container.value
    if docker is None or docker.container is None:
        reason = docker.problem if docker is not None else "Docker has not answered yet."
        raise OpsmigError(f"There is no compose service to start. {reason}".strip())
    service = docker.container.service
    command = " ".join(start_command(service))
    workspace.log_command(command)
    workspace.output.append("command", command)

    def show(line: str) -> None:
        workspace.output.append("print", line)
        workspace.output_moved()

    status = await start_service(workspace.project, service, show)
    await workspace.refresh("container")
    if status != 0:
        raise OpsmigError(f"{command} ended with status {status}; its output says why.")
    if workspace.state.trusted:
        await _until_it_answers(workspace)


async def _until_it_answers(workspace: Workspace) -> None:
    """A server that has just been started refuses connections for a moment: asks until it takes
    one, or says something else than that it cannot be reached."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_SECONDS
    await workspace.refresh("status")
    while _unreachable(workspace) and loop.time() < end:
        await asyncio.sleep(ASK_AGAIN_SECONDS)
        await refresh(workspace, "status", quiet=True)


def _unreachable(workspace: Workspace) -> bool:
    failure = workspace.state.status.failure
    return failure is not None and failure.kind == "connection"

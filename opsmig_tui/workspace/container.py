"""Starting the database's compose service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.guards import refuse_when_read_only

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


async def start_database(workspace: Workspace) -> None:
    """Starts the service and reads container and status again; its output streams.

    Raises OpsmigError when there is no service, no Docker, or the start failed.
    """
    from opsmig_tui.services.compose_up import start_command, start_service

    refuse_when_read_only(workspace, "start the database")
    docker = workspace.state.container.value
    if docker is None or docker.container is None:
        reason = docker.problem if docker is not None else "Docker has not answered yet"
        raise OpsmigError(f"There is no compose service to start: {reason}.")
    service = docker.container.service
    command = " ".join(start_command(service))
    workspace.log_command(command)
    workspace.output.append("command", f"$ {command}")

    def show(line: str) -> None:
        workspace.output.append("print", line)
        workspace.output_moved()

    status = await start_service(workspace.project, service, show)
    await workspace.refresh("container")
    if status != 0:
        raise OpsmigError(f"{command} ended with status {status}; its output says why.")
    if workspace.state.trusted:
        await workspace.refresh("status")

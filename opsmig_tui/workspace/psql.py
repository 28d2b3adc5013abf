"""psql in the database's container."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.container import compose_of, known_container
from opsmig_tui.workspace.guards import refuse_when_read_only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opsmig_tui.services.docker import ContainerState
    from opsmig_tui.workspace.state import WorkspaceState
    from opsmig_tui.workspace.workspace import Workspace


async def psql_command(workspace: Workspace) -> tuple[list[str], Mapping[str, str], str]:
    """The command that opens psql on the project's database inside its container, the variables it
    wants set, and the folder to run it in. No password is in it: inside, the socket needs none.

    Raises OpsmigError where the container does not run, or a change is not allowed.
    """
    refuse_when_read_only(workspace, "open psql, which could change the database")
    docker, container = await known_container(workspace)
    if not container.is_up:
        raise OpsmigError(
            f"psql needs a running container; {container.service} is {container.said}.",
            hint="s starts it." if container.can_start else "",
        )
    assert docker.compose is not None
    words = ["psql", *_who(workspace.state, container)]
    program = next((name for name in ("docker", "podman") if shutil.which(name)), None)
    if program is not None:
        command = [program, "exec", "-it", container.name, *words]
    else:
        compose = await compose_of(docker, container)
        command = compose.command("exec", container.service, *words)
    return command, docker.engine.environment, str(docker.compose.folder)


def _who(state: WorkspaceState, container: ContainerState) -> list[str]:
    """env.py's own user and database where it goes into this container, else those of the image."""
    inside = state.locality is not None and state.locality.kind == "container"
    if inside and state.database is not None:
        identity = state.database.identity
        return ["-U", identity.user, "-d", identity.database]
    return ["-U", container.user, "-d", container.database]

"""The database's container: starting, making it anew, stopping and restarting it.

Each is one run of the compose command, told in the output, and ends with what became of it.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Failed
from opsmig_tui.workspace.confirm import Confirmation
from opsmig_tui.workspace.guards import refuse_when_read_only, refuse_while_running
from opsmig_tui.workspace.readiness import until_ready
from opsmig_tui.workspace.running import RunReporter, reported
from opsmig_tui.workspace.sessions import sessions_text

if TYPE_CHECKING:
    from opsmig_tui.services.compose.command import Compose
    from opsmig_tui.services.docker import ContainerState, DockerAnswer
    from opsmig_tui.workspace.workspace import Workspace

Action = Literal["start", "recreate", "stop", "restart"]
_PORT_TAKEN = re.compile(
    r"port is already allocated|address already in use|ports are not available"
)
_COMPLAINT = re.compile(r"(?i)error|invalid|failed|denied|cannot|no such|not found")
LEFT_ALONE = Failed("cancelled", "Cancelled: what the engine has begun by now goes on there.")


@dataclass(frozen=True)
class StartPlan:
    """What starting comes to. `runs`: there is nothing to start. `outdated` says in words why only
    making the container anew would apply the compose files as they are, "" where it would not, and
    `recreation` is the question to put before that."""

    service: str
    runs: bool
    outdated: str = ""
    recreation: Confirmation | None = None


async def known_container(workspace: Workspace) -> tuple[DockerAnswer, ContainerState]:
    """What the engine says now. Raises OpsmigError where there is no service or no engine."""
    await workspace.refresh("container")
    docker = workspace.state.container.value
    if docker is None or docker.container is None:
        reason = docker.problem if docker is not None else workspace.state.container.problem
        raise OpsmigError(f"There is no compose service to work with. {reason}".strip())
    return docker, docker.container


async def compose_of(docker: DockerAnswer, container: ContainerState) -> Compose:
    """The compose command for this service. Raises OpsmigError when none is installed."""
    from opsmig_tui.services.compose.command import Compose, find_program
    from opsmig_tui.services.compose.read import secrets_in

    assert docker.compose is not None
    secrets = await asyncio.to_thread(secrets_in, docker.compose)
    other = container.project if container.project != docker.project else ""
    program = await find_program()
    return Compose(program, docker.compose.folder, docker.engine.environment, other, secrets)


async def plan_start(workspace: Workspace) -> StartPlan:
    """Looks whether there is something to start, and whether the container is outdated.

    Raises OpsmigError where it may not be started or cannot be.
    """
    refuse_when_read_only(workspace, "start the database")
    refuse_while_running(workspace)
    docker, container = await known_container(workspace)
    if container.state == "paused":
        raise OpsmigError(
            f"{container.service} is paused: docker unpause {container.name} lets it go on."
        )
    if container.state == "absent":
        return StartPlan(container.service, container.is_up)
    compose = await compose_of(docker, container)
    outdated = await _outdated(docker, container, compose)
    if not outdated:
        return StartPlan(container.service, container.is_up)
    question = await _recreation(workspace, docker, container, compose, outdated)
    return StartPlan(container.service, container.is_up, outdated, question)


async def _outdated(docker: DockerAnswer, container: ContainerState, compose: Compose) -> str:
    """By what compose itself goes: the hash of the service's configuration, and the image's id."""
    from opsmig_tui.services.docker.details import image_id

    # Unlike up, stop and restart, config does not take a service for active that is named.
    said = await compose.answer("--profile", "*", "config", "--hash", container.service)
    hashes = said.splitlines()
    now = next((one.split()[-1] for one in hashes if one.startswith(f"{container.service} ")), "")
    if now and container.config_hash and now != container.config_hash:
        return "its configuration in the compose files has changed since"
    image = await asyncio.to_thread(image_id, docker.engine, container.image)
    if image and container.image_id and image != container.image_id:
        return f"{container.image} is another image by now"
    return ""


def _lost_data(container: ContainerState) -> list[str]:
    """That the database goes when the container does: the warning, if it is so."""
    if container.data_is_kept or container.data_in_memory or container.state == "created":
        return []
    return [f"THE DATABASE GOES: {container.data} is on no volume."]


def _forgotten_data(container: ContainerState) -> list[str]:
    """That the database goes whenever the container stops: the warning, if it is so."""
    if container.data_in_memory and container.is_up:
        return [f"THE DATABASE GOES: {container.data} is in memory only (tmpfs)."]
    return []


def _made_elsewhere(container: ContainerState) -> list[str]:
    if not container.elsewhere:
        return []
    return [f"{container.name} is another folder's: it was made from {container.elsewhere}."]


async def _recreation(
    workspace: Workspace,
    docker: DockerAnswer,
    container: ContainerState,
    compose: Compose,
    outdated: str,
) -> Confirmation:
    """The question before a container is thrown away: what is on no volume goes with it, and who is
    connected is cut off."""
    from opsmig_tui.services.docker.details import by_folder, changed_files

    written = await asyncio.to_thread(changed_files, docker.engine, container.id)
    notes = [f"{container.name} was made before: {outdated}."]
    notes += [f"volume stays: {one}" for one in container.volumes]
    lost = [*_lost_data(container), *_forgotten_data(container)]
    warnings = [*lost, *_made_elsewhere(container)]
    if container.is_up:
        others, warn = await sessions_text(workspace, container)
        (warnings if warn else notes).append(others)
    warnings += [
        f"on no volume, goes: {count:,} file{'s' * (count != 1)} below {folder}"
        for folder, count in by_folder(written)
    ]
    return Confirmation(
        title=f"Make {container.service} anew",
        database=container.name,
        command=compose.shown(*_WORDS["recreate"], container.service),
        notes=tuple(notes),
        warnings=tuple(warnings),
        typed=container.name if lost else None,
        typed_what="the container's name",
        destructive=bool(lost),
        name=container.name,
    )


_WORDS: dict[Action, tuple[str, ...]] = {
    "start": ("up", "-d", "--no-recreate"),
    "recreate": ("up", "-d", "--no-deps"),
    "stop": ("stop",),
    "restart": ("restart",),
}
_TITLES: dict[Action, str] = {
    "start": "Starting", "recreate": "Making anew", "stop": "Stopping", "restart": "Restarting",
}  # fmt: skip


async def plan_stop(workspace: Workspace, action: Literal["stop", "restart"]) -> Confirmation:
    """The question before the server goes away: who else is connected to it.

    Raises OpsmigError where there is nothing to stop.
    """
    refuse_when_read_only(workspace, f"{action} the database")
    refuse_while_running(workspace)
    docker, container = await known_container(workspace)
    if container.can_start:
        raise OpsmigError(f"{container.service} does not run: there is nothing to {action}.")
    compose = await compose_of(docker, container)
    lost = _forgotten_data(container)
    others, warn = await sessions_text(workspace, container)
    return Confirmation(
        title=f"{action.capitalize()} {container.service}",
        database=f"{container.name}  {container.image}",
        command=compose.shown(*_WORDS[action], container.service),
        notes=() if warn else (others,),
        warnings=(*lost, *_made_elsewhere(container), *([others] if warn else [])),
        typed=container.name if lost else None,
        typed_what="the container's name",
        destructive=bool(lost),
        name=container.name,
    )


async def perform(workspace: Workspace, action: Action) -> None:
    """Does one of the actions as a run of its own. What has to be asked before was asked.

    Raises OpsmigError when it fails.
    """
    refuse_when_read_only(workspace, f"{action} the database")
    refuse_while_running(workspace)
    docker, container = await known_container(workspace)
    if action in ("stop", "restart") and container.can_start:
        raise OpsmigError(f"{container.service} does not run any more: it is {container.said}.")
    compose = await compose_of(docker, container)
    command = compose.shown(*_WORDS[action], container.service)
    workspace.log_command(command)
    title = f"{_TITLES[action]} {container.service}"
    async with reported(workspace, title, command, cancelled=LEFT_ALONE) as reporter:
        try:
            await _run(workspace, compose, action, container.service, reporter)
            if action == "stop":
                reporter.succeed(f"{container.service} is stopped")
            else:
                reporter.succeed(await until_ready(workspace, reporter.say))
        finally:
            await workspace.refresh("container")
    if action == "stop" and workspace.state.trusted:
        await workspace.refresh("status")


async def _run(
    workspace: Workspace, compose: Compose, action: Action, service: str, reporter: RunReporter
) -> None:
    lines: list[str] = []

    def show(line: str) -> None:
        lines.append(line)
        reporter.say("print", line)

    status = await compose.run(*_WORDS[action], service, on_line=show)
    if status != 0:
        said = [line.strip() for line in reversed(lines) if line.strip()]
        # The reason is not always the last line: that may be what it complains about.
        last = next(filter(_COMPLAINT.search, said), (said or ["it said nothing"])[0])
        hint = ""
        if _PORT_TAKEN.search(last):
            hint = "Something else listens on that port: stop it, or publish another one."
        raise OpsmigError(f"{service} did not {action}: {last}", hint=hint)

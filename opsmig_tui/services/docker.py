"""The database's container, asked of the Docker engine through its SDK."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project

from .compose import ComposeFile, choose_service, find_compose, read_compose
from .container import ContainerState, read_container

# A local engine answers in milliseconds; one that needs longer is not there.
TIMEOUT_SECONDS = 2
_SERVICE = "com.docker.compose.service"
_PROJECT = "com.docker.compose.project"
_FILES = "com.docker.compose.project.config_files"
# What the SDK calls a connection over a socket or a named pipe of this machine.
_LOCAL_ENGINES = ("http+docker://localhost", "http+docker://localnpipe")
_ONE_OFF = "com.docker.compose.oneoff"


@dataclass(frozen=True)
class DockerAnswer:
    """What is known about the container of the project's database.

    `available`: the engine answered. `problem` says why not and what to do, or why no service was
    asked about ("" when all is well). `service` is the compose service chosen, "" without one;
    `compose` the file it is in. `container` is None when the engine did not answer; a service that
    has no container yet is one of state "absent".
    """

    available: bool
    problem: str = ""
    container: ContainerState | None = None
    service: str = ""
    reason: str = ""
    compose: Path | None = None


async def database_container(project: Project) -> DockerAnswer:
    """Find the service in the compose file and ask the engine for its container. Never raises."""
    return await asyncio.to_thread(_database_container, project)


def _database_container(project: Project) -> DockerAnswer:
    path = find_compose(project)
    if path is None:
        return DockerAnswer(False, f"No compose file from {project.root} upward.")
    try:
        compose = read_compose(path)
        choice = choose_service(compose, project.settings.database_service)
    except OpsmigError as error:
        return DockerAnswer(False, str(error), compose=path)
    known = DockerAnswer(False, "", None, choice.service, choice.reason, path)
    if not choice.service:
        return replace(known, problem=choice.reason[:1].upper() + choice.reason[1:] + ".")
    return _ask_engine(compose, known)


def _ask_engine(compose: ComposeFile, known: DockerAnswer) -> DockerAnswer:
    from docker.errors import DockerException

    try:
        client = _client()
    except (DockerException, OSError, ValueError) as error:
        return replace(known, problem=_in_words(error))
    try:
        container = _container(client, compose, known.service, known.reason)
        return replace(known, available=True, container=container)
    except (DockerException, OSError) as error:
        return replace(known, problem=_in_words(error))
    finally:
        client.close()


def _client() -> Any:
    """A client for DOCKER_HOST, else for the docker command's current context."""
    import docker
    from docker.context import ContextAPI

    host = os.environ.get("DOCKER_HOST", "")
    context = None if host else ContextAPI.get_current_context()
    if context is not None and context.Name != "default" and context.Host:
        host = context.Host
    if host.startswith("ssh:"):
        # The ssh program may ask for a password, on the very terminal the screen is drawn on.
        raise ValueError(f"the engine is on another machine ({host}), reached through ssh")
    if context is not None and host:
        return docker.DockerClient(
            base_url=host, tls=context.TLSConfig or False, version="auto", timeout=TIMEOUT_SECONDS
        )
    return docker.from_env(version="auto", timeout=TIMEOUT_SECONDS)


def _container(client: Any, compose: ComposeFile, service: str, reason: str) -> ContainerState:
    """The service's container by its labels; a running one before a stopped one."""
    listed = client.api.containers(all=True, filters={"label": [f"{_SERVICE}={service}"]})
    ours = [found for found in listed if _belongs(found.get("Labels") or {}, compose)]
    if not ours:
        image = next((one.image for one in compose.services if one.name == service), "")
        return ContainerState(service, "absent", image=image, reason=reason)
    best = max(ours, key=lambda found: (found.get("State") == "running", found.get("Created", 0)))
    inspected = client.api.inspect_container(best["Id"])
    return read_container(inspected, service, reason, client.api.base_url in _LOCAL_ENGINES)


def _belongs(labels: dict[str, str], compose: ComposeFile) -> bool:
    """Of this compose project: by its name, or by the file (compose -p gives other names)."""
    if labels.get(_ONE_OFF) == "True":
        return False
    files = [Path(part) for part in labels.get(_FILES, "").split(",") if part]
    if any(os.path.realpath(file) == os.path.realpath(compose.path) for file in files):
        return True
    return not files and labels.get(_PROJECT) == compose.name


def _in_words(error: BaseException) -> str:
    """Why the engine did not answer, with the remedy: read from the causes, not from the text."""
    host = os.environ.get("DOCKER_HOST", "")
    where = f" at {host}" if host else ""
    for cause in _causes(error):
        if isinstance(cause, PermissionError):
            return (
                f"No permission to talk to Docker{where}: add yourself to the docker group "
                "(sudo usermod -aG docker $USER) and log in again."
            )
        if isinstance(cause, (FileNotFoundError, ConnectionRefusedError)):
            if shutil.which("docker") is None and not host:
                return "Docker is not installed: install it, or start the database yourself."
            start = "start Docker Desktop" if sys.platform != "linux" else (
                "sudo systemctl start docker, or start Docker Desktop"
            )  # fmt: skip
            return f"The Docker engine is not running{where}: {start}."
        if isinstance(cause, TimeoutError):
            return f"The Docker engine{where} did not answer within {TIMEOUT_SECONDS} s."
    first = next(iter(str(error).splitlines()), "") or type(error).__name__
    return f"Docker{where} could not be asked: {first}"


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what is behind it; requests and urllib3 keep the cause among the arguments."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and all(one is not other for other in found):
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found

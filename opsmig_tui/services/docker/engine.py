"""A client of the engine, and its errors in words."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import mask

from .endpoint import DEFAULT_SOCKET, Endpoint
from .ssh import last_words, tunnel

# A local engine answers in milliseconds; one that needs longer is not there. Behind ssh each first
# answer takes a connection.
TIMEOUT_SECONDS = 2.0
SSH_TIMEOUT_SECONDS = 15.0


@contextmanager
def client(endpoint: Endpoint, timeout: float = 0.0) -> Iterator[Any]:
    """The SDK's client of this engine, closed at the end. Belongs to one thread. An answer may take
    `timeout` seconds, by default the constants of this module.

    Raises docker.errors.DockerException, OSError, ValueError, OpsmigError; `in_words` tells them.
    """
    import docker

    with ExitStack() as stack:
        host, patience = endpoint.host, TIMEOUT_SECONDS
        if endpoint.through_ssh:
            host, patience = stack.enter_context(tunnel(host)), SSH_TIMEOUT_SECONDS
        made = docker.DockerClient(
            base_url=host or None, tls=endpoint.tls, version="auto", timeout=timeout or patience
        )
        stack.callback(made.close)
        yield made


def in_words(error: BaseException, endpoint: Endpoint) -> str:
    """Why the engine did not answer, with the remedy: read from the causes, not from the text.

    Never empty; the same fault gives the same words.
    """
    where = f" ({endpoint.name})" if endpoint.name else ""
    if isinstance(error, OpsmigError):
        return str(error)
    if endpoint.through_ssh and (said := last_words(endpoint.host)):
        return f"The Docker engine{where} cannot be reached: {said}"
    for cause in _causes(error):
        if isinstance(cause, PermissionError):
            return f"No permission to talk to Docker{where}: {_permission(endpoint)}"
        if isinstance(cause, (FileNotFoundError, ConnectionRefusedError)):
            if shutil.which("docker") is None and not endpoint.host:
                return "Docker is not installed: install it, or start the database yourself."
            return f"The Docker engine is not running{where}: {_start(endpoint)}."
        if isinstance(cause, TimeoutError):
            return f"The Docker engine{where} did not answer in time."
    said = str(getattr(error, "explanation", None) or error)  # the engine's own words
    first = mask(next(iter(said.splitlines()), "") or type(error).__name__)
    return f"Docker{where} could not be asked: {first}"


def _permission(endpoint: Endpoint) -> str:
    path = endpoint.host.removeprefix("unix://") or DEFAULT_SOCKET
    if os.path.realpath(path) in (os.path.realpath(DEFAULT_SOCKET), "/run/docker.sock"):
        return "add yourself to the docker group (sudo usermod -aG docker $USER) and log in again."
    return f"{path} belongs to somebody else; ask for access, or use another context."


def _start(endpoint: Endpoint) -> str:
    if "colima" in endpoint.name:
        return "colima start"
    if "podman" in endpoint.host:
        return "systemctl --user start podman.socket, or podman machine start"
    if sys.platform != "linux":
        return "start Docker Desktop"
    if endpoint.host.startswith("tcp:"):
        return "start it there, or unset DOCKER_HOST"
    return "sudo systemctl start docker, or start Docker Desktop"


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

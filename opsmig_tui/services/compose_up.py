"""Starting a compose service: the one command of Docker that changes something."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project

from .compose import find_compose

# The longest line docker compose may print before reading fails, in bytes.
_LINE_LIMIT = 1024 * 1024


def start_command(service: str) -> list[str]:
    """The command that starts a service; run it in the folder of the compose file.

    Raises OpsmigError when neither docker nor docker-compose is installed.
    """
    if shutil.which("docker"):
        return ["docker", "compose", "up", "-d", "--no-recreate", service]
    if shutil.which("docker-compose"):
        return ["docker-compose", "up", "-d", "--no-recreate", service]
    raise OpsmigError(
        f"Cannot start {service}: neither docker nor docker-compose is installed.",
        hint="Install Docker, or start the database yourself.",
    )


async def start_service(project: Project, service: str, on_line: Callable[[str], None]) -> int:
    """Start a compose service, telling each line of output as it comes; returns the exit status.

    A running container is left as it is. Cancelling ends the command, not the container. Raises
    OpsmigError without a compose file or without a docker command.
    """
    path = find_compose(project)
    if path is None:
        raise OpsmigError(f"Cannot start {service}: no compose file from {project.root} upward.")
    command = start_command(service)
    if command[0] == "docker" and not await _has_plugin():
        if not shutil.which("docker-compose"):
            raise OpsmigError(
                f"Cannot start {service}: this docker has no compose plugin.",
                hint="Install docker-compose-plugin.",
            )
        command = ["docker-compose", *command[2:]]
    return await run_lines(command, path.parent, on_line)


async def run_lines(command: Sequence[str], folder: Path, on_line: Callable[[str], None]) -> int:
    """Run a command in a folder, tell each line of its output and errors; returns its status.

    Cancelling terminates it and waits for its end.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=_LINE_LIMIT,
        env={**os.environ, "NO_COLOR": "1", "COMPOSE_ANSI": "never", "COMPOSE_PROGRESS": "plain"},
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            on_line(line.decode("utf-8", "replace").rstrip())
        return await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _has_plugin() -> bool:
    process = await asyncio.create_subprocess_exec(
        "docker",
        "compose",
        "version",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait() == 0

"""The compose command: what it is on this machine, and running it."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.secret_values import masked
from opsmig_tui.worker.protocol import mask

# The longest line docker compose may print before reading fails, in bytes.
_LINE_LIMIT = 1024 * 1024
# Plain lines instead of a repainted table; no colours.
QUIET = {"NO_COLOR": "1", "COMPOSE_ANSI": "never", "COMPOSE_PROGRESS": "plain"}


@dataclass(frozen=True)
class Compose:
    """The compose command for one project: run in `folder` it finds the project's files.

    `program` is ``docker compose`` or ``docker-compose``, `environment` what leads it to the engine
    that was asked, `project` the name to give it where it is another than it would find, `secrets`
    what is masked in whatever it prints.
    """

    program: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    project: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def command(self, *words: str) -> list[str]:
        named = ("-p", self.project) if self.project else ()
        return [*self.program, *named, *words]

    def shown(self, *words: str) -> str:
        """The command as a person would type it in `folder`."""
        before = [f"{name}={mask(value)}" for name, value in self.environment.items()]
        return shlex.join([*before, *self.command(*words)])

    async def run(self, *words: str, on_line: Callable[[str], None]) -> int:
        """Runs it, telling each line of output and errors; returns its exit status.

        Cancelling ends the command, not what it has started.
        """

        def told(line: str) -> None:
            on_line(masked(line, self.secrets))

        return await run_lines(self.command(*words), self.folder, told, self.environment)

    async def answer(self, *words: str) -> str:
        """What it prints. Raises OpsmigError with its last words when it fails."""
        lines: list[str] = []
        if await self.run(*words, on_line=lines.append) != 0:
            raise OpsmigError(f"{self.shown(*words)} failed: {(lines or ['no reason given'])[-1]}")
        return "\n".join(lines)


async def find_program() -> tuple[str, ...]:
    """``docker compose``, else ``docker-compose``. Raises OpsmigError when there is neither."""
    if shutil.which("docker") and await _has_plugin():
        return "docker", "compose"
    if shutil.which("docker-compose"):
        return ("docker-compose",)
    if shutil.which("docker"):
        raise OpsmigError(
            "This docker has no compose plugin.",
            hint="Install docker-compose-plugin, or start the database yourself.",
        )
    raise OpsmigError(
        "Neither docker nor docker-compose is installed.",
        hint="Install Docker, or start the database yourself.",
    )


async def run_lines(
    command: Sequence[str],
    folder: Path,
    on_line: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
) -> int:
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
        env={**os.environ, **QUIET, **(environment or {})},
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            on_line(mask(line.decode("utf-8", "replace").rstrip()))
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

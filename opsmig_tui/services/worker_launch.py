"""How a worker's process is started: with a Python of this machine, or inside a container."""

from __future__ import annotations

import asyncio
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Interpreter, Project
from opsmig_tui.services.container_places import Places
from opsmig_tui.services.secret_values import masked
from opsmig_tui.services.worker_environment import worker_environment
from opsmig_tui.worker import protocol

if TYPE_CHECKING:
    from opsmig_tui.services.compose.command import Compose

FOLDER = Path(protocol.__file__).parents[1]
BOOTSTRAP = FOLDER / "bootstrap.py"
WRITES_FILES = ("plan_create", "create", "plan_merge", "merge")
# Takes the worker's texts, in memory, from the same stdin that the requests follow on. It is all
# that a process list shows. Read without a buffer: not a byte of what follows may be taken.
STUB = (
    "import json,os,zlib\n"
    "def take(n):\n"
    " d=b''\n"
    " while len(d)<n:\n"
    "  c=os.read(0,n-len(d))\n"
    "  if not c: os._exit(1)\n"
    "  d+=c\n"
    " return d\n"
    "sent=json.loads(zlib.decompress(take(int(take(10)))).decode())\n"
    "os.environ.update(sent['environment'])\n"
    "exec(compile(sent['texts']['bootstrap.py'],'/<opsmig>/bootstrap.py','exec'),"
    "{'__name__':'__main__','TEXTS':sent['texts'],'ROOT':sent['root'],"
    "'SERVICE':sent['service']})\n"
)


@dataclass(frozen=True)
class Launch:
    """A command, the folder and environment it is run with, and what is written to it first.

    `places` is None where the worker sees this machine's own files.
    """

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    first: bytes = b""
    places: Places | None = None
    service: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def refusal(self, request: object) -> str:
        """Why this worker cannot do what is asked, "" where it can."""
        if self.places is None:
            return ""
        overlay = str(getattr(request, "overlay", ""))
        if overlay and not self.places.inward(overlay):
            return (
                f"The file taken from git lies on this machine only, and {self.service} runs in a "
                "container: check the branch out that has it."
            )
        if getattr(request, "op", "") in WRITES_FILES and not self.places.mounted:
            return (
                f"{self.service} has a copy of the project, not its folder: a revision file "
                "written there would not be here. Mount the folder, or name a Python of this "
                "machine."
            )
        return ""

    def problem(self, lines: Sequence[str]) -> protocol.Failed | None:
        """What the compose command's last words come to, where it began no worker; None where it
        said nothing."""
        said = next((one.strip() for one in reversed(lines) if one.strip()), "")
        if not self.service or not said:
            return None
        said = protocol.mask(masked(said, self.secrets))
        hint = ""
        if "is not running" in said:
            hint = f"docker compose up -d {self.service} starts it."
        elif "executable file not found" in said or "not found in $PATH" in said:
            hint = f"The image of {self.service} has no program called python."
        text = f"No worker could be started in {self.service}: {said}"
        return protocol.Failed("dependency", text, hint=hint)


async def launch_of(project: Project, extra: Mapping[str, str]) -> Launch:
    """How to start a worker of this project. Raises OpsmigError where there is no Python, and
    where the container's folders cannot be told."""
    python = project.interpreter
    if python is None:
        raise OpsmigError(project.interpreter_problem or "No Python was found for the project.")
    if python.service:
        return await _in_container(project, python, extra)
    return Launch(
        (str(python.path), "-u", str(BOOTSTRAP)),
        project.root,
        worker_environment(project, extra),
    )


async def _in_container(project: Project, python: Interpreter, extra: Mapping[str, str]) -> Launch:
    from opsmig_tui.services.compose.command import QUIET, find_program

    compose, places = await asyncio.to_thread(_read, project, python)
    compose = replace(compose, program=await find_program())
    words = compose.command("exec", "-T", python.service, str(python.path), "-u", "-c", STUB)
    environment = {**os.environ, **QUIET, **compose.environment}
    sent = {
        "texts": _texts(),
        "environment": dict(extra),
        "root": places.inward(project.root),
        "service": python.service,
    }
    data = zlib.compress(json.dumps(sent).encode(), 6)
    first = b"%10d" % len(data) + data
    return Launch(
        words, compose.folder, environment, first, places, python.service, compose.secrets
    )


def _read(project: Project, python: Interpreter) -> tuple[Compose, Places]:
    """What the compose files tell: in a thread, since they may be long."""
    from opsmig_tui.services.compose import find_compose
    from opsmig_tui.services.compose.command import Compose
    from opsmig_tui.services.compose.read import secrets_in
    from opsmig_tui.services.docker.endpoint import find_endpoint

    places = container_places(project, python)
    files = find_compose(project)
    assert files is not None
    environment = find_endpoint().environment
    return Compose((), files.folder, environment, secrets=secrets_in(files)), places


def container_places(project: Project, python: Interpreter) -> Places:
    """Which folders of the service are which here, as its compose files bind them.

    Raises OpsmigError where the service is not there, and where nothing tells its folder.
    """
    from opsmig_tui.services.compose import find_compose, read_compose
    from opsmig_tui.services.docker.endpoint import find_endpoint

    files = find_compose(project)
    services = read_compose(files).services if files is not None else ()
    service = next((one for one in services if one.name == python.service), None)
    if service is None:
        names = ", ".join(one.name for one in services) or "none"
        raise OpsmigError(f"There is no compose service {python.service!r}; there are: {names}.")
    bound = Places(service.mounts, mounted=find_endpoint().is_local)  # else it binds folders there
    root = os.path.realpath(project.root)
    found = bound.inward(root)
    if python.folder and found != os.path.normpath(python.folder):
        return Places(((root, os.path.normpath(python.folder)),), mounted=False)
    if not found:
        raise OpsmigError(
            f"{service.name} mounts no folder that holds {root}.",
            hint=f"Where its image has a copy, say where: container:{service.name}:/FOLDER.",
        )
    return bound


@cache
def _texts() -> dict[str, str]:
    """The worker's modules by their names."""
    return {
        path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(FOLDER.rglob("*.py"))
    }

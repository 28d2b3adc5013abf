"""A compose project of a test's own, and what a person would do to it by hand."""

from __future__ import annotations

import socket
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opsmig_tui.workspace.workspace import Workspace

PASSWORD = "gorse-and-heather-41"
CHECK = """
    healthcheck:
      test: ["CMD-SHELL", "{check}"]
      interval: 500ms
      timeout: 3s
      retries: 100"""
# Ill once it fails: for tests of just that. A server that is only slow to start stays "starting".
FAILING = CHECK.replace("100", "3")
# Runs, and is no server.
FOREVER = '\n    entrypoint: ["/bin/sleep", "1000"]'
READY = "pg_isready -h 127.0.0.1 -U ops -d ops"
FILE = """\
name: {name}
services:
  db:
    image: {image}
    stop_signal: SIGINT
    stop_grace_period: 1s
    environment:
      POSTGRES_USER: ops
      POSTGRES_DB: ops
      POSTGRES_PASSWORD: {password}
    ports:
      - "127.0.0.1:${{DB_PORT:-{port}}}:5432"{more}
"""


@dataclass
class Shop:
    """`folder` holds the compose file; `port` is what it publishes on 127.0.0.1."""

    folder: Path
    engine: Any
    image: str
    name: str = field(default_factory=lambda: f"opsmig-test-{uuid.uuid4().hex[:10]}")
    port: int = field(default_factory=lambda: free_port())

    def write(self, more: str = CHECK.format(check=READY), **changes: object) -> Path:
        """Writes the compose file; `more` are further lines of the service."""
        values = {"name": self.name, "image": self.image, "port": self.port, "password": PASSWORD}
        path = self.folder / "compose.yaml"
        path.write_text(FILE.format(**{**values, "more": more, **changes}))
        return path

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://ops:{PASSWORD}@127.0.0.1:{self.port}/ops"

    def compose(self, *words: str) -> None:
        """What a person types; with their environment, so that it is the same engine."""
        subprocess.run(
            ["docker", "compose", *words], cwd=self.folder, check=True, capture_output=True
        )

    @property
    def container(self) -> Any:
        """The SDK's handle of the service's container."""
        (found,) = self.containers()
        return found

    def containers(self) -> list[Any]:
        label = f"com.docker.compose.project={self.name}"
        return list(self.engine.containers.list(all=True, filters={"label": label}))

    def clean(self) -> None:
        for one in self.containers():
            one.remove(force=True, v=True)
        label = {"label": f"com.docker.compose.project={self.name}"}
        for network in self.engine.networks.list(filters=label):
            network.remove()
        for volume in self.engine.volumes.list(filters=label):
            volume.remove(force=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def state(workspace: Workspace) -> str:
    """What the container of the project is doing, in the engine's word."""
    docker = workspace.state.container.value
    assert docker is not None
    assert docker.container is not None, docker.problem
    return docker.container.state

"""A Docker engine for the tests: the one that answers, or one of their own.

`python -m tests.docker.engine COMMAND …` runs a command with an engine: it starts one, as root,
where none answers, and stops it when the command has ended.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import docker

PATIENCE_SECONDS = 60.0


class Daemon:
    """A dockerd of our own in `folder`, which can be stopped and started again."""

    def __init__(self, folder: Path, alone: bool = False) -> None:
        """`alone`: in a network of its own, where it can take nothing from another engine (one
        without a bridge removes that of all), and give its containers none."""
        self.folder = folder
        self._before = ["unshare", "--net"] if alone else []
        self._after = ["--bridge=none", "--iptables=false"] if alone else []
        self.host = f"unix://{folder}/docker.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def start(self) -> None:
        """Returns once it answers. Raises RuntimeError with the end of its log when it does not."""
        self._log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(
            [*self._before, "dockerd", "-H", self.host, "--data-root", f"{self.folder}/data",
             "--exec-root", f"{self.folder}/exec", "--pidfile", f"{self.folder}/pid",
             *self._after],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
        )  # fmt: skip
        end = time.monotonic() + PATIENCE_SECONDS
        while not answers(self.host):
            if self._process.poll() is not None or time.monotonic() > end:
                text = (self.folder / "log").read_text(errors="replace")
                raise RuntimeError(f"dockerd did not start:\n{text[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None and self._log is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_SECONDS)
            self._log.close()
            self._process = None


@contextmanager
def daemon(*, alone: bool = False) -> Iterator[Daemon]:
    """One for the length of the block; all that it kept goes with it."""
    # Not below pytest's folder: a Unix socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="opsmig-dockerd-"))
    found = Daemon(folder, alone)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


def answers(host: str) -> bool:
    """Whether an engine answers there ("" is the platform's default)."""
    try:
        connected(host).close()
    except docker.errors.DockerException:
        return False
    return True


def connected(host: str) -> Any:
    """A client of the engine; close it."""
    return docker.DockerClient(base_url=host or None, version="auto", timeout=30)


def main(command: list[str]) -> int:
    if answers(os.environ.get("DOCKER_HOST", "")):
        return subprocess.call(command)
    with daemon() as own:
        return subprocess.call(command, env={**os.environ, "DOCKER_HOST": own.host})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

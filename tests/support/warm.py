"""Workers out of a warm Python: forked from a process that has imported alembic and SQLAlchemy.

A worker's start is half a second of a core, nearly all of it this import, and the tests start
hundreds. What is forked runs the tool's bootstrap.py, in a process of its own, a child of the tests
with the pipes, the folder, the environment and the session that the tool gave it. Tests about the
start itself, and about what a process leaves behind, use the fixture `cold_workers`.
"""

from __future__ import annotations

import ctypes
import inspect
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opsmig_tui.services.worker_launch import BOOTSTRAP

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
SERVER = Path(__file__).with_name("warm_worker.py")

_start_cold = subprocess.Popen._execute_child  # type: ignore[attr-defined]
_signature = inspect.signature(_start_cold)


class Warm:
    """The process that workers are forked from; started with the first of them."""

    def __init__(self) -> None:
        self.enabled = sys.platform == "linux"
        self.forked = 0
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        # The tool takes these from a worker's environment as well.
        left_out = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH")
        self._environment = {k: v for k, v in os.environ.items() if k not in left_out}

    def serves(self, arguments: dict[str, Any]) -> bool:
        """Whether Popen is asked for a worker in this Python, with nothing that steers it."""
        command = arguments["args"]
        return (
            self.enabled
            and list(map(str, command)) == [sys.executable, "-u", str(BOOTSTRAP)]
            and _settings(arguments["env"]) == _settings(self._environment)
        )

    def fork(self, folder: str, environment: dict[str, str], pipes: list[int]) -> int:
        """Returns the new worker's process id."""
        start = json.dumps({"folder": str(folder), "environment": environment}).encode()
        with self._lock:
            self.forked += 1
            control = self.begin()
            prctl = ctypes.CDLL(None).prctl
            prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # what has lost its parent is ours now
            try:
                socket.send_fds(control, [start], pipes)
                return int(control.recv(32))
            finally:
                prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)

    def begin(self) -> socket.socket:
        """Start the process unless it runs; returns the socket to it."""
        if self._control is not None:
            return self._control
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            number = there.fileno()
            command = [sys.executable, "-P", "-u", str(SERVER), str(BOOTSTRAP), str(number)]
            self._process = subprocess.Popen(
                command, pass_fds=[number], stdin=subprocess.DEVNULL, env=self._environment
            )
        return self._control

    def end(self) -> None:
        if self._control is not None and self._process is not None:
            self._control.close()
            self._process.wait(10)


def _settings(environment: dict[str, str]) -> dict[str, str]:
    """The variables that Python itself goes by."""
    return {name: value for name, value in environment.items() if name.startswith("PYTHON")}


@contextmanager
def warm_workers() -> Iterator[Warm]:
    """For the length of the block, workers that the tool starts are forked from a warm Python."""
    warm = Warm()

    def execute_child(self: Any, *given: Any, **more: Any) -> None:
        arguments = _signature.bind(self, *given, **more).arguments
        if not warm.serves(arguments):
            _start_cold(self, *given, **more)
            return
        ours = [arguments[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        self.pid = warm.fork(arguments["cwd"], dict(arguments["env"]), ours)
        self._child_created = True
        ends = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        self._close_pipe_fds(*(arguments[name] for name in ends))

    subprocess.Popen._execute_child = execute_child  # type: ignore[attr-defined]
    try:
        yield warm
    finally:
        subprocess.Popen._execute_child = _start_cold  # type: ignore[attr-defined]
        warm.end()

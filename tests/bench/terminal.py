"""A program in a real pseudo-terminal, timed from outside."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?<>=:]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()].|.)")
LIMIT_SECONDS = 60.0


class Terminal:
    """The master side of the pseudo-terminal. `seen` is all output so far, without escapes."""

    def __init__(self, master: int, pid: int) -> None:
        self.master, self.pid = master, pid
        self._raw = b""

    def read(self, timeout: float) -> bytes:
        """What arrives within `timeout` seconds, b"" if nothing does."""
        ready, _, _ = select.select([self.master], [], [], timeout)
        if not ready:
            return b""
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return b""
        self._raw += data
        return data

    @property
    def seen(self) -> bytes:
        return ESCAPES.sub(b"", self._raw)

    def forget(self) -> None:
        """What was read so far does not count."""
        self._raw = b""

    def memory(self) -> float:
        """What the program keeps in memory, in MB."""
        command = ["ps", "-o", "rss=", "-p", str(self.pid)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return int(said) / 1024

    def wait_for(self, text: str) -> float:
        """Reads until `text` has been painted; returns when (time.perf_counter())."""
        wanted, until = text.encode(), time.perf_counter() + LIMIT_SECONDS
        while time.perf_counter() < until:
            if self.read(1.0) and wanted in self.seen:
                return time.perf_counter()
        raise TimeoutError(f"{text!r} was not painted; the end: {self.seen[-2000:]!r}")

    def quiet(self, seconds: float) -> None:
        """Reads until nothing has come for so long."""
        while self.read(seconds):
            pass

    def press(self, key: bytes) -> None:
        os.write(self.master, key)

    def key_to_first_byte(self, key: bytes) -> float:
        """Milliseconds from a key to the first byte of the answer."""
        began = time.perf_counter()
        os.write(self.master, key)
        if not self.read(LIMIT_SECONDS):
            raise TimeoutError(f"no answer to {key!r}")
        return (time.perf_counter() - began) * 1000


@contextmanager
def running(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], size: tuple[int, int]
) -> Iterator[tuple[Terminal, float]]:
    """Runs `command` on a terminal of `size` (rows, columns); yields it and when it was started."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, stdin=slave, stdout=slave, stderr=slave,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
        start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    try:
        yield Terminal(master, process.pid), began
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(master)

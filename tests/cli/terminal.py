"""The real command in a process of its own, with or without a terminal."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

COMMAND = (sys.executable, "-c", "from opsmig_tui.cli import main; main(prog_name='opsmig')")
LONG = 60.0


def wait_until(condition: Callable[[], object], seconds: float = LONG) -> None:
    """Return as soon as the condition holds; fail when it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command with its output in pipes; ended with the block if it still runs then."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


class Terminal:
    """The command on a pseudo-terminal: what it wrote, and keys for it."""

    def __init__(self, folder: Path, arguments: Sequence[str], **environment: str) -> None:
        self._fd, there = os.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=folder,
            stdin=there,
            stdout=there,
            stderr=there,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "160", **environment},
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(there)
        self.text = ""
        self._from = 0

    def sees(self, *texts: str) -> None:
        """Read until each of these was written after what was seen before."""
        end = time.monotonic() + LONG
        for text in texts:
            while (at := self.text.find(text, self._from)) < 0:
                assert time.monotonic() < end, f"no {text!r} in:\n{self.text[self._from :]}"
                assert self._read(), f"ended without {text!r}:\n{self.text[self._from :]}"
            self._from = at + len(text)

    def _read(self) -> bool:
        if not select.select([self._fd], [], [], 1.0)[0]:
            return True
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # the other end was closed
            return False
        self.text += data.decode(errors="replace")
        return bool(data)

    def types(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def ends(self) -> int:
        """The exit status, once all it wrote was read."""
        while self._read() and self.process.poll() is None:
            pass
        return self.process.wait(LONG)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._fd)


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)

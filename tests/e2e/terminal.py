"""A program in a real pseudo-terminal, its screen kept by a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyte

PATIENCE_SECONDS = 90.0
# Synchronized output: asked for, answered, and around each frame. Half a frame is no screen.
ASKED, CAN, BEGINS, ENDS = (
    b"\x1b[?2026$p", b"\x1b[?2026;2$y", b"\x1b[?2026h", b"\x1b[?2026l",
)  # fmt: skip
KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "space": " ", "ctrl+c": "\x03", "ctrl+u": "\x15",
}  # fmt: skip


class Terminal:
    """`text` is what a person would see now."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        master: int,
        size: tuple[int, int],
        mode_before: list[int],
    ) -> None:
        self.process, self.master = process, master
        self.mode_before = mode_before
        columns, rows = size
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self._asked = 0
        self.closed = False

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, timeout: float = 0.05) -> bool:
        """Takes what has come; False when nothing has, or when the program has ended."""
        ready, _, _ = select.select([self.master], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return False
        self.raw += data
        self.stream.feed(data)
        if self.raw.count(ASKED) > self._asked:
            self._asked += 1
            os.write(self.master, CAN)
        return bool(data)

    def shows(self, condition: Callable[[], object]) -> bool:
        """Whether it holds, of a screen that is painted to its end."""
        return self.raw.rfind(BEGINS) <= self.raw.rfind(ENDS) and bool(condition())

    def until(self, condition: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.shows(condition):
            self.read()
            ended = self.process.poll() is not None and not self.read()
            assert not ended or condition(), f"the program ended before {what}\n{self.text}"
            assert time.monotonic() < end, f"never came: {what}\n{self.text}"

    def soon(self, condition: Callable[[], object], seconds: float = 1.0) -> bool:
        """Whether it comes within so many seconds."""
        end = time.monotonic() + seconds
        while not self.shows(condition) and time.monotonic() < end:
            self.read()
        return self.shows(condition)

    def sees(self, text: str) -> None:
        self.until(lambda: text in self.text, text)

    def misses(self, text: str) -> None:
        self.until(lambda: text not in self.text, f"the end of {text}")

    def press(self, *keys: str) -> None:
        """Key by key, as a person types: escape sequences must not run together."""
        for key in keys:
            os.write(self.master, KEYS.get(key, key).encode())
            while self.read(0.02):
                pass

    def type(self, text: str) -> None:
        self.press(*text)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.killpg(self.process.pid, signal.SIGWINCH)

    def mode(self) -> list[int]:
        """The line discipline's flags: what a program must leave as it found it."""
        return _mode(self.master)

    def close(self) -> None:
        """As a person who closes the window."""
        self.closed = True
        os.close(self.master)

    def ends(self) -> int:
        """Reads to the program's end; returns its exit status."""
        self.until(lambda: self.process.poll() is not None, "the end of the program")
        while self.read():
            pass
        assert self.process.returncode is not None
        return self.process.returncode


@contextmanager
def running(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], size: tuple[int, int]
) -> Iterator[Terminal]:
    """Runs `command` on a terminal of `size` (columns, rows); ends it when the test does."""
    master, slave = os.openpty()
    columns, rows = size
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    mode = _mode(master)
    process = subprocess.Popen(
        command, cwd=cwd, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
        preexec_fn=_own_terminal,
    )  # fmt: skip
    terminal = Terminal(process, master, size, mode)
    try:
        yield terminal
    finally:
        try:
            _end(terminal)
        finally:
            os.close(slave)
            if not terminal.closed:
                os.close(master)


def _end(terminal: Terminal) -> None:
    """Ends the program, reading meanwhile: it waits for its last words to be taken."""
    process, end = terminal.process, time.monotonic() + 30
    if process.poll() is None:
        process.terminate()
    while process.poll() is None:
        if time.monotonic() > end:
            process.kill()
            process.wait()
            raise AssertionError("asked to end, the program did not")
        if terminal.closed:
            time.sleep(0.05)
        else:
            terminal.read()


def _mode(master: int) -> list[int]:
    flags: list[int] = termios.tcgetattr(master)[:4]
    return flags


def _own_terminal() -> None:
    """Makes it the controlling terminal, so that signals from it reach the program."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)

"""The worker's side of the protocol pipes, kept apart from everything user code can print to.

File descriptors 0 and 1 move to private, non-inheritable ones; fd 0 becomes /dev/null and fds 1
and 2 become pipes whose lines turn into `output` events. sys.stdout and sys.stderr are replaced as
well, so that what Python code prints keeps its place between the other events.
"""

from __future__ import annotations

import faulthandler
import io
import os
import select
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any, Optional

from . import protocol
from .redact import Redactor

LIMIT = 32 * 1024 * 1024
"""Bytes that may wait for a slow reader. Beyond it, lines are left out rather than a lock held."""
PATIENCE = 2.0
"""Seconds that a sender waits for a full queue, once, before it starts to leave lines out."""
SOON = 0.02
"""Seconds that what is in no hurry may wait for the next event, to go out together with it."""


class Channel:
    """Sends events from any thread.

    What the pipe takes at once is written by the sender, so that it is out even if the process
    crashes next; a thread writes the rest. What is in no hurry is encoded by that thread, several
    at a time: one by one, between statements that take microseconds, costs five times as much.
    """

    def __init__(self, out: int, redactor: Redactor) -> None:
        os.set_blocking(out, False)
        self._out = out
        self._redactor = redactor
        self._queue: deque[memoryview] = deque()
        self._waiting = 0
        self._changed = threading.Condition()
        self._stalled = False
        self._later: list[tuple[Optional[int], Any]] = []
        self._left_out = 0
        self._broken = False
        self.current: Optional[int] = None
        self.sent: Callable[[], None] = lambda: None
        """Called where no lock is held any more."""
        threading.Thread(target=self._write_rest, name="opsmig-writer", daemon=True).start()

    def send(self, event: Any, number: Optional[int] = None, *, soon: bool = False) -> None:
        """Send `event` for the request `number` (default: the one being worked on).

        `soon`: with the next one, or within 20 ms where none comes. Raises nothing but what `sent`
        does.
        """
        self._send(event, number, soon)
        self.sent()

    def _send(self, event: Any, number: Optional[int], soon: bool) -> None:
        asked = self.current if number is None else number
        data = b"" if soon else self._encode(asked, event)
        with self._changed:
            if (
                isinstance(event, protocol.EXPENDABLE)
                and self._waiting >= LIMIT
                and not self._has_room()
            ):
                self._left_out += 1
                return
            if self._stalled and self._waiting < LIMIT // 2:
                self._stalled = False
                text = f"… {self._left_out} lines left out: the reader was too slow"
                self._left_out = 0
                self._put(self._encode(asked, protocol.Output(text)))
            if soon:
                self._keep((asked, event))
                return
            behind = bool(self._queue)
            self._put(self._take_later() + data)
            self._write_now()
            if behind or self._queue or self._broken:
                # Else nobody waits: waking a thread for each event costs more than sending it.
                self._changed.notify_all()

    def _encode(self, asked: Optional[int], event: Any) -> bytes:
        return protocol.encode_event(asked, event, self._redactor.clean)

    def _keep(self, later: tuple[Optional[int], Any]) -> None:
        """For the writing thread, of which there is none in a forked child. Where the reader is
        behind, it counts towards LIMIT. Called with the lock held."""
        if not self._broken:
            self._later.append(later)
            if self._queue:
                self._put(self._take_later())
            self._changed.notify_all()

    def _take_later(self) -> bytes:
        """What was in no hurry, encoded. Called with the lock held."""
        data = b"".join(self._encode_late(*one) for one in self._later)
        self._later = []
        return data

    def _encode_late(self, asked: Optional[int], event: Any) -> bytes:
        """Its sender has gone on: what cannot be encoded is told instead of it."""
        try:
            return self._encode(asked, event)
        except Exception as error:
            text = f"… a {event.event} is left out: {type(error).__name__}: {error}"
            return self._encode(asked, protocol.Output(text))

    def leave(self) -> None:
        """In a forked child: say nothing more, and let go of what only the worker may hold."""
        os.close(self._out)
        self._changed = threading.Condition()
        self._broken = True

    def flush(self, seconds: float = 5.0) -> None:
        """Wait until all that was sent is written, or the reader is gone, or `seconds` passed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._broken or not (self._queue or self._later), seconds
            )

    def _put(self, data: bytes) -> None:
        if data:
            self._queue.append(memoryview(data))  # of which a rest is no copy
            self._waiting += len(data)

    def _has_room(self) -> bool:
        """A slow reader is waited for once; one that has stopped reading, not again."""
        if not self._stalled:
            self._changed.wait_for(lambda: self._broken or self._waiting < LIMIT, PATIENCE)
            self._stalled = self._waiting >= LIMIT
        return not self._stalled

    def _write_now(self) -> None:
        """Write as much as the pipe takes. Called with the lock held."""
        while self._queue and not self._broken:
            data = self._queue.popleft()
            try:
                written = os.write(self._out, data)
            except BlockingIOError:
                written = 0
            except OSError:
                self._broken = True  # the tool is gone; the reader thread sees the end of stdin
                written = len(data)
            self._waiting -= written
            if written < len(data):
                self._queue.appendleft(data[written:])
                break
        if self._broken:
            self._queue.clear()
            self._waiting = 0

    def _write_rest(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._queue or self._later))
                hurry = bool(self._queue)
            if not hurry:
                time.sleep(SOON)
            select.select([], [self._out], [], 1.0)
            with self._changed:
                self._put(self._take_later())
                self._write_now()
                self._changed.notify_all()


class LineSplitter:
    """Bytes of a stream → `output` events, one a line."""

    def __init__(self, channel: Channel, stream: str) -> None:
        self._channel = channel
        self._stream = stream
        self._rest = bytearray()  # grows in place: a million dots are one line
        self._lock = threading.Lock()

    def feed(self, data: bytes) -> None:
        with self._lock:
            first, *more = data.split(b"\n")
            self._rest += first
            for part in more:
                line, self._rest = self._rest, bytearray(part)
                self._emit(line)

    def flush_partial(self) -> None:
        """Send a line that has no end yet (a prompt, or a request's last words)."""
        with self._lock:
            rest, self._rest = self._rest, bytearray()
            if rest:
                self._emit(rest)

    def _emit(self, line: bytearray) -> None:
        text = line.decode("utf-8", "backslashreplace").rstrip("\r")
        self._channel.send(protocol.Output(text, self._stream))


class _RawLines(io.RawIOBase):
    """What stands below sys.stdout: prints become events in the thread that printed."""

    def __init__(self, splitter: LineSplitter, fd: int) -> None:
        self._splitter = splitter
        self._fd = fd
        self.forked = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.forked:  # no thread of ours lives here: the pipe takes it to the worker
            return os.write(self._fd, data)
        self._splitter.feed(bytes(data))
        return len(data)

    def fileno(self) -> int:
        return self._fd


class Pump:
    """What is written to the file descriptor itself (C code, child processes) → events."""

    def __init__(self, splitter: LineSplitter, fd: int) -> None:
        read, self._write = os.pipe()
        os.dup2(self._write, fd)  # inheritable: children of the project print there too
        self._read = read
        self._splitter = splitter
        self._mark = b""
        self._seen = threading.Event()
        threading.Thread(target=self._run, name=f"opsmig-pump-{fd}", daemon=True).start()

    def drain(self, seconds: float = 1.0) -> None:
        """Wait until everything written before now has been sent."""
        self._seen.clear()
        self._mark = b"\0opsmig-%s\0" % uuid.uuid4().hex.encode()
        os.write(self._write, self._mark)
        self._seen.wait(seconds)

    def _run(self) -> None:
        held = b""
        while True:
            held += os.read(self._read, 65536)
            mark = self._mark
            if mark and mark in held:
                before, held = held.split(mark, 1)
                self._splitter.feed(before)
                self._mark = mark = b""
                self._seen.set()
            keep = len(mark) - 1 if mark else 0  # the awaited mark may have arrived in part
            ready = len(held) - min(keep, len(held))
            self._splitter.feed(held[:ready])
            held = held[ready:]


class Streams:
    """fds 1 and 2 and sys.stdout and sys.stderr, both pointed at the channel."""

    def __init__(self, channel: Channel) -> None:
        self._splitters = [LineSplitter(channel, name) for name in ("stdout", "stderr")]
        self._crash = os.dup(2)  # a fatal error is told to the tool past the pump that dies with us
        faulthandler.enable(file=self._crash)
        os.set_inheritable(self._crash, False)
        self._pumps = [Pump(splitter, fd) for splitter, fd in zip(self._splitters, (1, 2))]
        self._raw = [_RawLines(splitter, fd) for splitter, fd in zip(self._splitters, (1, 2))]
        sys.stdout, sys.stderr = (_text(raw) for raw in self._raw)
        self.ours: tuple[Any, ...] = (sys.stdout, sys.stderr)

    def leave(self) -> None:
        """In a forked child: what it prints, and what it logs, goes to the file descriptors."""
        faulthandler.disable()
        os.close(self._crash)
        self.ours = ()
        for raw in self._raw:
            raw.forked = True

    def drain(self) -> None:
        """Everything that was printed so far is on its way when this returns."""
        for stream in (*self.ours, sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
        for pump in self._pumps:
            pump.drain()
        for splitter in self._splitters:
            splitter.flush_partial()


def _text(raw: Any) -> io.TextIOWrapper:
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)


def take_protocol_fds() -> tuple[int, int]:
    """(read, write) private copies of stdin and stdout; fd 0 is /dev/null afterwards."""
    read, write = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return read, write


def read_lines(fd: int, on_line: Callable[[bytes], None]) -> None:
    """Call `on_line` for each line of `fd` until its end."""
    held = bytearray()
    while True:
        try:
            data = os.read(fd, 65536)
        except OSError:  # the project's code closed it
            data = b""
        if not data:
            return
        held += data
        *lines, rest = held.split(b"\n")
        held = bytearray(rest)
        for line in lines:
            on_line(bytes(line))

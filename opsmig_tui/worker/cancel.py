"""Cancelling a request: a flag, then the server, then SIGINT. The worker lives on."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Optional

from .channel import Channel
from .errors import Cancelled
from .redact import Redactor

SIGINT_AFTER = 1.0
"""Seconds that the flag and the server get before the Python code itself is interrupted."""
AGAIN_AFTER = 0.25
"""Seconds between attempts at the server: a statement may only just be on its way to it."""
PUT_OFF = 0.02
"""Seconds until a SIGINT that was put off is sent again."""
LOCKING = frozenset(one.__code__.co_filename for one in (Channel.send, Redactor.add))
"""Files whose locks other threads need: an exception may come between taking one and the `with`
that gives it back, and then nothing would be told any more."""


class Cancellation:
    """Which request runs, and whether it is to stop. Shared by the main and the reader thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._expected: set[int] = set()
        self._wanted: set[int] = set()
        self._active: Optional[int] = None
        self._forced = threading.Event()
        self._put_off = False
        self._main = threading.main_thread().ident
        self.was_cancelled = False
        self.cancel_on_server: Optional[Callable[[], None]] = None
        """Cancels the statement under way from another connection; set while there is one."""

    def expect(self, number: int) -> None:
        """A request was received and will run later."""
        with self._lock:
            self._expected.add(number)

    def begin(self, number: int) -> None:
        """The request starts, now. Raises Cancelled when it was cancelled while it waited."""
        with self._lock:
            self._active = number
            self._expected.discard(number)
            self._forced.clear()
            self.was_cancelled = number in self._wanted
        self.check()

    def end(self) -> None:
        """The request is over: from here on nothing interrupts the main thread."""
        with self._lock:
            self._wanted.discard(self._active or 0)
            self._active = None
            self.cancel_on_server = None

    def check(self) -> None:
        """Raise Cancelled if the running request is to stop."""
        if self._active is not None and self._active in self._wanted:
            self.was_cancelled = True
            raise Cancelled

    def cancel(self, number: int, force: bool = False) -> None:
        """Stop the request `number`, running or waiting; one that is over is left alone."""
        with self._lock:
            if number != self._active and number not in self._expected:
                return
            first = number not in self._wanted
            self._wanted.add(number)
            running = number == self._active
            if running:
                self.was_cancelled = True
        if force and running:
            self._forced.set()
        if first and running:
            threading.Thread(
                target=self._escalate, args=(number,), name="opsmig-cancel", daemon=True
            ).start()

    def cancel_all(self) -> None:
        """Stop everything: the tool has gone."""
        with self._lock:
            numbers = [*self._expected, *([self._active] if self._active is not None else [])]
        for number in numbers:
            self.cancel(number)

    def on_sigint(self, signum: int, frame: Optional[FrameType]) -> None:
        """The process's SIGINT handler: only a cancelled request is interrupted, and not where a
        lock of ours may be held."""
        while frame is not None:
            if frame.f_code.co_filename in LOCKING:
                self._put_off = True
                return
            frame = frame.f_back
        self.check()

    def catch_up(self) -> None:
        """Raise Cancelled in the main thread if its interruption was put off."""
        if self._put_off and threading.get_ident() == self._main:
            self._put_off = False
            self.check()

    def _escalate(self, number: int) -> None:
        deadline = time.monotonic() + SIGINT_AFTER
        interrupted = False
        while self._active == number:
            on_server = self.cancel_on_server
            if on_server is not None:
                with contextlib.suppress(Exception):  # its session may be over; SIGINT remains
                    on_server()
            if self._put_off:
                self._put_off = interrupted = False
            now = not interrupted and (self._forced.is_set() or time.monotonic() >= deadline)
            if now:
                interrupted = True
                self._interrupt(number)
            self._forced.wait(PUT_OFF if now else AGAIN_AFTER)
            if self._forced.is_set():
                self._forced.clear()
                interrupted = False
                deadline = 0.0

    def _interrupt(self, number: int) -> None:
        """SIGINT to the main thread: it also ends a sleep or a wait of a driver."""
        with self._lock:
            if self._active == number and self._main is not None:
                signal.pthread_kill(self._main, signal.SIGINT)

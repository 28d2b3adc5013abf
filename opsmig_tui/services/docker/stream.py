"""What the engine sends without end (events, logs, measurements), brought onto the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from types import GeneratorType
from typing import Any, Generic, TypeVar

from .endpoint import Endpoint
from .engine import client

T = TypeVar("T")

# So much may wait to be taken; then reading stops, and the engine keeps the rest.
MOST_WAITING = 20_000
# Measurements come once a second, on a machine that is busy later; a log may say nothing at first.
STREAM_SECONDS = 30.0


class _Reader(Generic[T]):
    """Reads a stream in a thread of its own: the SDK blocks."""

    def __init__(
        self, endpoint: Endpoint, start: Callable[[Any], Any], read: Callable[[Any], Iterator[T]]
    ) -> None:
        self.error: BaseException | None = None
        self.ready = asyncio.Event()
        self._endpoint, self._start, self._read = endpoint, start, read
        self._loop = asyncio.get_running_loop()
        self._room = threading.Condition()
        self._items: list[T] = []
        self._stream: Any = None
        self._closed = self.ended = False
        # Not of the pool: that one's threads hold up the end of the program.
        threading.Thread(target=self._work, name="opsmig-docker", daemon=True).start()

    def _work(self) -> None:
        try:
            with client(self._endpoint, STREAM_SECONDS) as engine:
                stream = self._start(engine)
                with self._room:
                    self._stream = stream
                    closed = self._closed
                if closed:
                    return
                for item in self._read(stream):
                    if not self._put(item):
                        break
        except Exception as error:  # whoever takes the items is told
            self.error = None if self._closed else error
        finally:
            self.ended = True
            self._wake()

    def _put(self, item: T) -> bool:
        with self._room:
            while len(self._items) >= MOST_WAITING and not self._closed:
                self._room.wait()
            self._items.append(item)
            first = len(self._items) == 1
        if first:
            self._wake()
        return not self._closed

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self.ready.set)
        except RuntimeError:  # the loop is closed: nobody waits
            self._closed = True

    def take(self) -> list[T]:
        with self._room:
            items, self._items = self._items, []
            self._room.notify()
        return items

    def close(self) -> None:
        with self._room:
            self._closed = True
            stream = self._stream
            self._room.notify()
        # A generator runs in the other thread: it ends at its next item.
        if stream is not None and not isinstance(stream, GeneratorType):
            # One that has come to its end just now has no socket left to close.
            with suppress(OSError, AttributeError):
                stream.close()


async def batches(
    endpoint: Endpoint,
    start: Callable[[Any], Any],
    read: Callable[[Any], Iterator[T]] = iter,
    *,
    every: float = 0.0,
) -> AsyncGenerator[list[T], None]:
    """Lists of what comes, as soon as something does, though not oftener than `every` seconds.

    `start` makes the SDK's stream of a client, `read` its items. Ends when the stream does. Raises
    what the SDK raised.
    """
    reader = _Reader(endpoint, start, read)
    try:
        while True:
            await reader.ready.wait()
            reader.ready.clear()
            ended = reader.ended
            if items := reader.take():
                yield items
                await asyncio.sleep(every)
            elif ended:
                if reader.error is not None:
                    raise reader.error
                return
            if ended:
                reader.ready.set()
    finally:
        reader.close()

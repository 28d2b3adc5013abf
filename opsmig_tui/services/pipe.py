"""A pipe that a child process writes to, read here from asyncio: at once, or in gulps."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass

MOST = 1 << 18
"""Bytes taken in one go."""
REST_SECONDS = 0.005
"""How long what comes next may lie in the pipe. Waking this process costs the writer some 60 µs
each time, much of what telling a quick statement costs (bench `upgrade-overhead`)."""
SMALL = 1 << 14
"""Bytes in one go up to which there is time to rest: a pipe holds 64 KiB, and a full one would
hold the writer up."""


@dataclass(frozen=True)
class Pipe:
    """Our end. Unlike asyncio's own for a child, it can be closed while somebody else writes."""

    stream: asyncio.StreamReader
    transport: asyncio.ReadTransport

    async def lines(self, on_line: Callable[[bytes], bool]) -> None:
        """Calls `on_line` for each line of any length, without its end, until nobody writes any
        more; what has no end is not a line. Where the last of those that came is answered with
        True, the next ones are in no hurry."""
        held: list[bytes] = []
        while chunk := await self.stream.read(MOST):
            hurry = True
            *whole, rest = chunk.split(b"\n")
            for line in whole:
                held.append(line)
                hurry = not on_line(b"".join(held))
                held = []
            held.append(rest)
            if not (hurry or rest) and len(chunk) <= SMALL:
                await self._rest()

    async def _rest(self) -> None:
        """What is written meanwhile wakes nobody, and comes in one gulp; none of it is lost, also
        where the writer dies."""
        self.transport.pause_reading()
        try:
            await asyncio.sleep(REST_SECONDS)
        finally:
            self.transport.resume_reading()


async def reading(end: int) -> Pipe:
    """What comes out of this end of a pipe; it is closed with the transport."""
    stream = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(end, "rb", 0)
    )
    return Pipe(stream, transport)


async def new_pipe() -> tuple[Pipe, int]:
    """Our end and the child's, which is to be closed here once the child has it."""
    ours, theirs = os.pipe()
    try:
        return await reading(ours), theirs
    except BaseException:
        os.close(theirs)
        raise

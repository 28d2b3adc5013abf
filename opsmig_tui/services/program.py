"""A program of the person's or the project's own: run to its end, its output told line by line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.pipe import new_pipe
from opsmig_tui.worker.protocol import mask

# How long a program that was asked to end gets before it is killed, in seconds.
GRACE_SECONDS = 3.0
# A longer line is told in pieces: it would stall the screen.
LONGEST_LINE = 4_000
_BREAK = re.compile(rb"\r\n|\n|\r")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")


async def run_program(
    command: Sequence[str],
    folder: Path,
    told: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
) -> int:
    """Runs it in `folder` without a terminal and returns its exit status, -N after signal N.

    `told` gets each line of stdout and stderr, passwords masked and colours left out. Cancelled, it
    asks the whole process group to end, and kills what is left after GRACE_SECONDS. Raises
    OpsmigError where it cannot be started.
    """
    pipe, theirs = await new_pipe()  # something that is left running may write to it for good
    try:
        process = await _started(command, folder, theirs, environment)
        try:
            await _tell(pipe.stream, process, told)
            return await process.wait()
        finally:
            if process.returncode is None:
                await asyncio.shield(_end(process))
    finally:
        pipe.transport.close()


async def _started(
    command: Sequence[str], folder: Path, output: int, environment: Mapping[str, str] | None
) -> asyncio.subprocess.Process:
    """The process, with `output` for its own and closed here."""
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise OpsmigError(f"{command[0]} cannot be run: {error.strerror}.") from error
    finally:
        os.close(output)


async def _tell(
    stream: asyncio.StreamReader, process: asyncio.subprocess.Process, told: Callable[[str], None]
) -> None:
    """Until nobody writes any more, or the program has ended and what it left running is silent.

    A daemon that it started keeps the pipe open for good.
    """
    rest = b""
    ended = asyncio.create_task(process.wait())
    reading = asyncio.create_task(stream.read(65_536))
    try:
        while True:
            await asyncio.wait({reading, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                done, _ = await asyncio.wait({reading}, timeout=0.2)
                if not done:
                    break
            data = reading.result()
            if not data:
                break
            *whole, rest = _BREAK.split(rest + data)
            if len(rest) > LONGEST_LINE:
                whole, rest = [*whole, rest], b""
            for line in whole:
                _tell_line(line, told)
            reading = asyncio.create_task(stream.read(65_536))
    finally:
        ended.cancel()
        reading.cancel()
    if rest:
        _tell_line(rest, told)


def _tell_line(line: bytes, told: Callable[[str], None]) -> None:
    text = _ESCAPES.sub("", line.decode("utf-8", "replace")).rstrip()
    if text:
        for at in range(0, len(text), LONGEST_LINE):
            told(mask(text[at : at + LONGEST_LINE]))


async def _end(process: asyncio.subprocess.Process) -> None:
    """The group goes: what the program started goes with it."""
    _signal(process, signal.SIGTERM)
    try:
        async with asyncio.timeout(GRACE_SECONDS):
            await process.wait()
    except TimeoutError:
        _signal(process, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        await process.wait()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.terminate()
        else:
            os.killpg(process.pid, number)

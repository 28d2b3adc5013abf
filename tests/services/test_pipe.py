"""A child's pipe: whole lines whatever the pieces, and a rest where nothing hurries."""

from __future__ import annotations

import asyncio
import gc
import os

import pytest

from opsmig_tui.services.pipe import SMALL, Pipe, new_pipe


async def pieces_become_lines(pieces: list[bytes]) -> list[bytes]:
    pipe, theirs = await new_pipe()
    found: list[bytes] = []

    def on_line(line: bytes) -> bool:
        found.append(line)
        return False

    reading = asyncio.create_task(pipe.lines(on_line))
    for piece in pieces:
        await asyncio.to_thread(os.write, theirs, piece)
        await asyncio.sleep(0)
    os.close(theirs)
    await reading
    return found


async def test_lines_come_whole_whatever_the_pieces() -> None:
    long = b"x" * 300_000
    assert await pieces_become_lines([b"on", b"e\ntwo\n", b"\n", long, b"\nno end"]) == [
        b"one", b"two", b"", long,
    ]  # fmt: skip


async def rests_after(piece: bytes, hurry: bool) -> bool:
    """Whether the pipe was left alone after the first piece; what came next is there either way."""
    pipe, theirs = await new_pipe()
    found: list[bytes] = []

    def on_line(line: bytes) -> bool:
        found.append(line)
        return not hurry

    reading = asyncio.create_task(pipe.lines(on_line))
    os.write(theirs, piece)
    async with asyncio.timeout(30):
        rested = await left_alone(pipe, found)
        os.write(theirs, b"next\n")
        os.close(theirs)
        await reading
    assert found[-1].endswith(b"next")
    return rested


async def left_alone(pipe: Pipe, found: list[bytes]) -> bool:
    while not found:
        await asyncio.sleep(0)
    for _ in range(3):  # the reader's own steps until it rests or reads again
        if not pipe.transport.is_reading():
            return True
        await asyncio.sleep(0)
    return False


@pytest.mark.parametrize(
    ("piece", "hurry", "rested"),
    [
        (b"one\n", False, True),
        (b"one\n", True, False),
        (b"one\nand the beginning of an answer", False, False),
        (b"x" * SMALL + b"\n", False, False),
    ],
    ids=["in no hurry", "an answer", "more is coming", "a flood"],
)
async def test_it_rests_only_where_nothing_hurries(piece: bytes, hurry: bool, rested: bool) -> None:
    assert await rests_after(piece, hurry) is rested


async def test_given_up_while_it_is_made_nothing_stays_open() -> None:
    before = os.listdir("/proc/self/fd")
    for _ in range(5):
        making = asyncio.create_task(new_pipe())
        await asyncio.sleep(0)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
    async with asyncio.timeout(30):
        while len(os.listdir("/proc/self/fd")) > len(before):
            gc.collect()  # our end is closed with what held it
            await asyncio.sleep(0.01)

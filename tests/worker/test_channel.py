"""Events on their way out of a worker."""

import os
import select
import time
from collections.abc import Iterator

import pytest

from opsmig_tui.worker.channel import Channel
from opsmig_tui.worker.protocol import Output, SqlEnd, decode_event
from opsmig_tui.worker.redact import Redactor

END = SqlEnd(1, 0.5, None)


@pytest.fixture
def ends() -> Iterator[tuple[Channel, int]]:
    """A channel, and where to read what it wrote."""
    read, write = os.pipe()
    yield Channel(write, Redactor()), read
    os.close(read)


def read_now(read: int) -> list[object]:
    ready, _, _ = select.select([read], [], [], 0)
    lines = os.read(read, 1 << 16).splitlines() if ready else []
    return [decode_event(line)[1] for line in lines]


def test_an_event_is_out_when_send_returns(ends: tuple[Channel, int]) -> None:
    channel, read = ends
    channel.send(Output("one"))
    assert read_now(read) == [Output("one")]


def test_what_is_in_no_hurry_goes_out_with_the_next_and_before_it(
    ends: tuple[Channel, int],
) -> None:
    channel, read = ends
    for number in range(200):  # the writing thread is at any place in its round
        channel.send(END, soon=True)
        channel.send(Output(str(number)))
        assert read_now(read)[-1] == Output(str(number))
        assert not channel._queue


def test_what_is_in_no_hurry_goes_out_where_nothing_follows(ends: tuple[Channel, int]) -> None:
    channel, read = ends
    for _ in range(5):
        channel.send(END, soon=True)
        ready, _, _ = select.select([read], [], [], 10.0)
        assert ready
        assert read_now(read) == [END]


def test_flush_waits_for_it(ends: tuple[Channel, int]) -> None:
    channel, read = ends
    channel.send(END, soon=True)
    began = time.monotonic()
    channel.flush(10.0)
    assert time.monotonic() - began < 5.0
    assert read_now(read) == [END]

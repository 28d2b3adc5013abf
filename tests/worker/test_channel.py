"""Events on their way out of a worker."""

import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from opsmig_tui.worker.cancel import Cancellation
from opsmig_tui.worker.channel import Channel
from opsmig_tui.worker.errors import Cancelled
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


def test_what_cannot_be_encoded_is_told_instead(ends: tuple[Channel, int]) -> None:
    class Count:
        def __str__(self) -> str:
            raise ValueError("not a number")

    channel, read = ends
    channel.send(SqlEnd(1, 0.5, Count()), soon=True)  # type: ignore[arg-type]
    channel.send(END, soon=True)
    channel.flush(10.0)
    assert read_now(read) == [Output("… a sql_end is left out: ValueError: not a number"), END]


def test_what_is_in_no_hurry_counts_where_the_reader_is_behind(ends: tuple[Channel, int]) -> None:
    channel, _ = ends
    channel.send(Output("x" * 1_000_000))
    waiting = channel._waiting
    for _ in range(100):
        channel.send(END, soon=True)
    assert not channel._later
    assert channel._waiting >= waiting + 100


def test_a_forked_child_keeps_nothing() -> None:
    read, write = os.pipe()
    channel = Channel(write, Redactor())
    channel.leave()
    for _ in range(100):
        channel.send(END, soon=True)
    assert not channel._later
    os.close(read)


class Interrupting(Redactor):
    """ctrl+c comes while an event is under way."""

    def clean(self, value: Any) -> Any:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return super().clean(value)


def test_an_interrupt_waits_until_the_lock_is_free() -> None:
    """Else other threads would wait for it for ever, and nothing be told any more."""
    read, write = os.pipe()
    channel, cancellation = Channel(write, Interrupting()), Cancellation()
    channel.sent = cancellation.catch_up
    before = signal.signal(signal.SIGINT, cancellation.on_sigint)
    try:
        cancellation.begin(1)
        cancellation._wanted.add(1)
        channel.send(Output("told"))
        pytest.fail("it was lost")
    except Cancelled:
        channel._redactor = Redactor()
        cancellation.end()
        again = threading.Thread(target=channel.send, args=(Output("again"),), daemon=True)
        again.start()
        again.join(30)
        assert not again.is_alive()
        assert read_now(read) == [Output("told"), Output("again")]
    finally:
        signal.signal(signal.SIGINT, before)
        os.close(read)

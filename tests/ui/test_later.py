"""A call after a while comes however busy the machine is."""

from __future__ import annotations

import asyncio
import time
from itertools import count
from types import SimpleNamespace

import pytest
import textual.timer
from textual.app import App

from opsmig_tui.ui.later import later
from tests.ui.dump import until

FRAME_SECONDS = 1 / 60


async def test_it_comes_where_the_core_is_lost_as_the_time_begins_to_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where Textual's timers look at the clock later than they wanted to call, they call no more;
    then a screen that waits for its next frame would never be painted again."""
    looks, called = count(), []

    def late() -> float:
        if next(looks) < 20:  # a timer that repeats looks again and again until it is in time
            time.sleep(2 * FRAME_SECONDS)
        return time.monotonic()

    app: App[None] = App()
    async with app.run_test() as pilot:
        with monkeypatch.context() as patch:
            clock = SimpleNamespace(get_time=late, sleep=asyncio.sleep)
            patch.setattr(textual.timer, "_time", clock)
            later(app, FRAME_SECONDS, lambda: called.append("painted"))
            await asyncio.sleep(0)
        await until(pilot, lambda: called)
    assert called == ["painted"]


async def test_nothing_comes_of_it_where_the_asker_has_gone() -> None:
    app: App[None] = App()
    called: list[str] = []
    async with app.run_test():
        pass
    later(app, 0, lambda: called.append("painted"))
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(0, passed.set)
    await passed.wait()
    assert not called

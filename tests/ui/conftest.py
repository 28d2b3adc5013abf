"""Textual's pilot, without its long breaths."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
import textual.app
import textual.pilot


async def settled(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Return once the event loop has nothing left that it could do at once.

    Stands for Textual's `wait_for_idle`, which takes the process for idle when it uses less than
    5 % of a core: beside other tests that is up to two seconds for each key.
    """
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    end = time.monotonic() + max_sleep
    await asyncio.sleep(min_sleep)
    while ready and time.monotonic() < end:
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def pilot_that_settles() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textual.app, "wait_for_idle", settled)
        patch.setattr(textual.pilot, "wait_for_idle", settled)
        yield

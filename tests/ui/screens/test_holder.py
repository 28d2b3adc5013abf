"""The question before another session is ended: it names the session, and takes no hasty key."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from opsmig_tui.ui.screens.holder import HolderScreen
from opsmig_tui.worker.protocol import Holder
from tests.ui.dump import check_golden, screen_text, until
from tests.ui.screens.host import NOT_YET, DialogHost

IDLE = Holder(
    pid=4711,
    application="psql",
    user="ops",
    database="shop",
    address="10.0.0.3",
    kind="client backend",
    state="idle in transaction",
    state_ms=183_000.0,
    query="SELECT *\n  FROM vendor",
    modes=("AccessShareLock",),
)


async def test_the_session_is_named() -> None:
    app = DialogHost(HolderScreen(IDLE, 1, 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Terminate" in screen_text(app))
        await check_golden(pilot, "holder")


@pytest.mark.parametrize(
    ("holder", "count", "key", "result"),
    [
        (IDLE, 1, "t", "terminate"),
        (IDLE, 1, "n", None),
        (IDLE, 1, "escape", None),
        (IDLE, 2, "o", "next"),
        (replace(IDLE, state="active"), 1, "c", "cancel"),
        (IDLE, 1, "c", NOT_YET),
        (IDLE, 1, "o", NOT_YET),
        (IDLE, 1, "y", NOT_YET),
    ],
)
async def test_answers(holder: Holder, count: int, key: str, result: object) -> None:
    app = DialogHost(HolderScreen(holder, 1, count))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: not app.dialog.deaf)
        await pilot.press(key)
        await pilot.pause()
        await until(pilot, lambda: app.result == result)


async def test_enter_goes_back() -> None:
    app = DialogHost(HolderScreen(IDLE))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: not app.dialog.deaf)
        await pilot.press("enter")
        await until(pilot, lambda: app.result is None)


async def test_a_key_that_was_meant_for_what_was_there_before_is_not_heard() -> None:
    app = DialogHost(HolderScreen(IDLE))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen is app.dialog)
        assert isinstance(app.dialog, HolderScreen)
        app.dialog._opened = time.monotonic() + 60
        await pilot.press("t")
        await pilot.pause()
        assert app.result is NOT_YET

"""The screen as text, and goldens of it. `UPDATE_GOLDENS=1 uv run pytest tests/ui` writes them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

GOLDENS = Path(__file__).parent / "goldens"


def screen_text(app: App[Any]) -> str:
    """Every line of the screen, without colours and without blanks at the end."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips) + "\n"


async def check_golden(pilot: Pilot[Any], name: str, seconds: float = 10.0) -> None:
    """The screen must become the text of goldens/NAME.txt; the last repaint may be under way."""
    import time

    path = GOLDENS / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDENS") == "1":
        await pilot.pause(0.5)
        path.parent.mkdir(exist_ok=True)
        path.write_text(screen_text(pilot.app), encoding="utf-8")
    wanted, end = path.read_text(encoding="utf-8"), time.monotonic() + seconds
    while screen_text(pilot.app) != wanted and time.monotonic() < end:
        await pilot.pause(0.05)
    shown = screen_text(pilot.app)
    assert shown == wanted, f"{path} differs; UPDATE_GOLDENS=1 to accept"


async def until(pilot: Pilot[Any], condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Let the app work until the condition holds; fails when it never does.

    The screen's own timer paints meanwhile, and looking takes a sixth of the time at most.
    """
    import asyncio
    import time

    end = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        if condition():
            break
        took = time.monotonic() - began
        assert began < end, f"never happened: {condition}"
        await asyncio.sleep(max(0.02, 5 * took))
    await pilot.pause()

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


def check_golden(app: App[Any], name: str) -> None:
    """The screen must be the same text as goldens/NAME.txt."""
    shown = screen_text(app)
    path = GOLDENS / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8"), f"{path} differs; UPDATE_GOLDENS=1 to accept"


async def until(pilot: Pilot[Any], condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Let the app work until the condition holds; fails when it never does."""
    import time

    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"never happened: {condition}"
        await pilot.pause(0.01)
    await pilot.pause()

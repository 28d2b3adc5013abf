"""Waiting for an answer: for whom, how long already, and a way out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.ui.screens.dialog import Dialog

T = TypeVar("T")

# Most answers of a resident worker come sooner; a box that flashes up would only disturb.
PATIENCE_SECONDS = 0.15
FRAMES = "▰▱▱▱", "▰▰▱▱", "▰▰▰▱", "▰▰▰▰", "▱▰▰▰", "▱▱▰▰", "▱▱▱▰", "▱▱▱▱"


class WaitScreen(Dialog[None]):
    """Says what is being waited for. Results in None when the person gives it up."""

    def __init__(self, text: str, may_give_up: bool = True) -> None:
        super().__init__("One moment", classes="-small")
        self.text = text
        self.may_give_up = may_give_up
        self._since = time.monotonic()

    def body(self) -> ComposeResult:
        yield Static(id="waiting", classes="text")

    def on_mount(self) -> None:
        super().on_mount()
        self._tick(layout=True)
        self.set_interval(0.1, self._tick)

    def _tick(self, layout: bool = False) -> None:
        waited = time.monotonic() - self._since
        frame = FRAMES[int(waited * 8) % len(FRAMES)]
        line = Content.assemble((frame, "$accent"), f"  {self.text}\n")
        way_out = "esc gives up" if self.may_give_up else "ctrl+c cancels"
        note = Content.styled(f"      {waited:.1f} s    {way_out}", "$dim")
        self.query_one("#waiting", Static).update(line + note, layout=layout)

    def action_close(self) -> None:
        if self.may_give_up:
            self.dismiss(None)


async def waiting(
    app: App[Any], text: str, work: Coroutine[Any, Any, T], *, may_give_up: bool = True
) -> T:
    """The result of `work`; past some patience a box says what is waited for.

    Raises OpsmigError when the person gives up, and whatever `work` raises.
    """
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
    if done:
        return task.result()
    screen = WaitScreen(text, may_give_up)
    given_up = asyncio.get_running_loop().create_future()

    def closed(_: None) -> None:
        if not given_up.done():
            given_up.set_result(None)

    await app.push_screen(screen, closed)
    try:
        await asyncio.wait({task, given_up}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise OpsmigError(f"Given up: {text.rstrip(' …')}.", exit_status=0)
    finally:
        task.cancel()
        if not given_up.done():
            screen.dismiss(None)

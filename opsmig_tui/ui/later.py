"""One call after a while, which comes however busy the machine is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.message_pump import MessagePump


def later(of: MessagePump, seconds: float, work: Callable[[], None]) -> None:
    """Has `of` call `work` after so many seconds; nothing happens where it is gone by then.

    Textual's `set_timer` leaves a call out for good where the process loses its core for as long as
    that just as the timer begins: a timer skips what comes late, and this one has no next time.
    """
    asyncio.get_running_loop().call_later(seconds, of.call_next, work)

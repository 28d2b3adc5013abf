"""Told when the database's container may have changed: by the engine's events, not by asking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from itertools import chain
from typing import Any

from opsmig_tui.project.errors import OpsmigError

from .container import SERVICE
from .endpoint import Endpoint, find_endpoint
from .engine import in_words
from .stream import batches

# Health checks alone are two events of other kinds every few seconds.
EVENTS = (
    "create", "start", "die", "stop", "kill", "oom", "pause", "unpause", "destroy", "health_status",
    "restart", "rename", "update",
)  # fmt: skip
# An engine of this machine that went away is back within a second of its own start.
AGAIN_SECONDS = 1.0
AGAIN_ELSEWHERE_SECONDS = 15.0
# One start is half a dozen events: they are answered together.
SETTLE_SECONDS = 0.05


async def changes() -> AsyncGenerator[None, None]:
    """Says so whenever a compose service's container came, went or changed state, and when the
    engine itself went away, came back or answers another way. Never ends by itself.

    Says so once at first, when it has begun to listen.
    """
    known: str | None = None
    while True:
        endpoint = Endpoint()
        try:
            endpoint = await asyncio.to_thread(find_endpoint)
            stream = batches(endpoint, _events, _beginning, every=SETTLE_SECONDS)
            async with aclosing(stream) as found:
                async for _ in found:
                    known = ""
                    yield
            problem = "the engine ended the stream"
        except OpsmigError as error:
            problem = str(error)
        except Exception as error:
            problem = await asyncio.to_thread(in_words, error, endpoint)
        if problem != known:
            known = problem
            yield
        await asyncio.sleep(AGAIN_SECONDS if endpoint.is_local else AGAIN_ELSEWHERE_SECONDS)


def _events(engine: Any) -> Any:
    filters = {"type": "container", "event": list(EVENTS), "label": SERVICE}
    return engine.api.events(decode=True, filters=filters)


def _beginning(stream: Any) -> Iterator[Any]:
    """The events, and first of all that they are listened to."""
    return chain([None], stream)

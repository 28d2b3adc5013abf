"""What a running container takes: processor and memory, measured by the engine once a second."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

from .endpoint import Endpoint
from .stream import batches


@dataclass(frozen=True)
class Usage:
    """`cpu` in percent of one processor, `memory` in bytes without the file cache, as the command
    ``docker stats`` counts them."""

    cpu: float
    memory: int


async def usage(endpoint: Endpoint, container: str) -> AsyncGenerator[Usage, None]:
    """One measurement a second, until the container stops. Raises what the SDK raises."""
    stream = batches(endpoint, partial(_stats, container), _measured)
    async with aclosing(stream) as found:
        async for items in found:
            yield items[-1]


def _stats(container: str, engine: Any) -> Any:
    return engine.api.stats(container, stream=True, decode=True)


def _measured(stream: Any) -> Iterator[Usage]:
    for sample in stream:
        if "usage" not in (sample.get("memory_stats") or {}):
            return  # it does not run any more, and the engine would go on to say so
        if (read := read_usage(sample)) is not None:
            yield read


def read_usage(sample: Mapping[str, Any]) -> Usage | None:
    """The engine's sample of a running container as a Usage; None for the first one, which has
    nothing to compare with."""
    now, before = sample.get("cpu_stats") or {}, sample.get("precpu_stats") or {}
    memory = sample.get("memory_stats") or {}
    if not before.get("system_cpu_usage"):
        return None
    spent = now["cpu_usage"]["total_usage"] - before["cpu_usage"]["total_usage"]
    passed = now["system_cpu_usage"] - before["system_cpu_usage"]
    processors = now.get("online_cpus") or 1
    details = memory.get("stats") or {}
    # cgroup v1 and v2 name the part of the cache that can be dropped differently.
    cache = details.get("total_inactive_file", details.get("inactive_file", 0))
    cpu = spent / passed * processors * 100 if passed > 0 else 0.0
    return Usage(max(0.0, cpu), max(0, memory["usage"] - cache))

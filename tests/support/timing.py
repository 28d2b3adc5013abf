"""Bounds on time that hold on a machine which does other things besides."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 8.0


def crowd() -> float:
    """How many processes have wanted each core within the last minute: 1 to `MOST`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(max(os.getloadavg()[0] / (cores or 1), 1.0), MOST)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """The block must not take more processor time than `seconds` on a core of its own.

    Two threads of one core slow each other down by up to the half, so a crowd is allowed for.
    """
    start = time.process_time()
    yield
    taken, allowed = time.process_time() - start, seconds * min(crowd(), 2.0)
    assert taken < allowed, f"it took {taken:.2f} s of {allowed:.2f} s"

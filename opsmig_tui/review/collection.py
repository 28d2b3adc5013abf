"""Python's garbage collector, and when to leave it alone."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Read something without looking for garbage: a syntax tree has none, all of it lives until the
    reading ends, and going through a large one again and again takes a third of the time.

    Threads may overlap: the one that found the collector at work sets it to work again.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()

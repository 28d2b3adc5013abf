"""What one of the run's processes works out for all of them."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")


def once(folders: pytest.TempPathFactory, name: str, work: Callable[[], T]) -> T:
    """What `work` returns, done by the first process that asks; the others wait for it and read it.

    For fixtures of modules that pytest-xdist splits: each process that takes some of the tests
    would do all of it again.
    """
    root = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    path = root / f"{name}.pickle"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            found = work()
            path.write_bytes(pickle.dumps(found))
            return found
    result: T = pickle.loads(path.read_bytes())
    return result

"""The process that warm workers are forked from: `python warm_worker.py BOOTSTRAP FD`.

It imports once what each worker imports first. For each packet on the socket FD (the folder and the
environment, with three pipes) it forks a worker and answers with its process id. The worker then
runs the tool's own bootstrap.py from its beginning.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import runpy
import socket
import sys
import time
from pathlib import Path

MOST_BYTES = 1 << 20
# What the worker, the sample's env.py and its models import.
IMPORTED = (
    "alembic.autogenerate", "logging.config", "psycopg", "sqlalchemy.orm",
    "sqlalchemy.dialects.postgresql.psycopg",
)  # fmt: skip


def main() -> None:
    bootstrap, control = sys.argv[1], socket.socket(fileno=int(sys.argv[2]))
    gc.disable()
    for name in IMPORTED:
        importlib.import_module(name)
    _import_worker(Path(bootstrap).parent, runpy.run_path(bootstrap)["PACKAGE"])
    gc.freeze()
    while True:
        data, pipes, _, _ = socket.recv_fds(control, MOST_BYTES, 3)
        if not data:
            return
        # Forked twice: the worker becomes a child of the tests, which wait for it.
        read, write = os.pipe()
        between = os.fork()
        if not between:
            worker = os.fork()
            if not worker:
                control.close()
                os.close(read)
                os.close(write)
                _become_worker(bootstrap, json.loads(data), pipes)
            os.write(write, str(worker).encode())
            os._exit(0)
        os.waitpid(between, 0)
        for pipe in (write, *pipes):
            os.close(pipe)
        control.send(os.read(read, 32))
        os.close(read)


def _import_worker(folder: Path, name: str) -> None:
    """The worker's own modules, as bootstrap.py imports them."""
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    sys.modules[name] = importlib.util.module_from_spec(spec)
    for path in folder.glob("*.py"):
        if path.stem not in ("__init__", "bootstrap"):
            importlib.import_module(f"{name}.{path.stem}")


def _become_worker(bootstrap: str, start: dict[str, dict[str, str]], pipes: list[int]) -> None:
    status = 1
    try:
        os.setsid()
        for number, pipe in enumerate(pipes):
            os.dup2(pipe, number)
            os.close(pipe)
        os.chdir(start["folder"])  # type: ignore[arg-type]
        os.environ.clear()
        os.environ.update(start["environment"])
        time.tzset()
        sys.argv[:] = [bootstrap]
        gc.enable()
        runpy.run_path(bootstrap, run_name="__main__")
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()

"""MariaDB, which answers as MySQL does, by itself, on a folder and a socket of its own.

Where `mariadbd` is installed (Debian: mariadb-server-core); it needs no service.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql

from tests.support.programs import needed


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    """A server on `folder`, ready: its socket."""
    program = needed("mariadbd", "mariadb-server-core")
    plain = [program, "--no-defaults", f"--datadir={folder}", "--user=root"]
    subprocess.run(
        [*plain, "--bootstrap"], input=b"CREATE DATABASE mysql;\n", check=True, capture_output=True
    )
    path = folder / "s"
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        [*plain, "--skip-grant-tables", "--skip-networking", f"--socket={path}"], stderr=log
    )
    try:
        until = time.monotonic() + 30
        while not path.exists():
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        yield path
    finally:
        server.kill()
        server.wait()
        log.close()


def connected(socket: Path) -> Any:
    return pymysql.connect(unix_socket=str(socket), user="root", autocommit=True)

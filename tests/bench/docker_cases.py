"""The database's container: its state beside the compose command, and a log that floods."""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.services.docker import database_container
from tests.bench.result import Result
from tests.bench.terminal import LIMIT_SECONDS, Terminal, running
from tests.docker.engine import answers, connected, daemon
from tests.docker.image import image
from tests.docker.project import Shop
from tests.support.projects import write_project

BIN = Path(sys.executable).parent
ROUNDS = 30
KEYS = 40
FLOOD_SECONDS = 20
# A thousand lines and a rest of a little less than a tenth of a second.
FLOOD = """
    entrypoint:
      - /bin/sh
      - -c
      - >-
        while :; do
        seq -f '2026-11-25 20:31:35.870 UTC [33] LOG:  statement %.0f of a flood, all alike' 1000;
        sleep 0.085;
        done"""
QUIET = """
    entrypoint: [/bin/sh, -c, "seq 1 2000; exec sleep 1000"]"""


@contextmanager
def shop_with_engine(more: str) -> Iterator[Shop]:
    """A compose project beside an alembic project; an engine is started where none answers."""
    host = os.environ.get("DOCKER_HOST", "")
    if not answers(host):
        with daemon() as own:
            os.environ["DOCKER_HOST"] = own.host
            try:
                with shop_with_engine(more) as shop:
                    yield shop
            finally:
                del os.environ["DOCKER_HOST"]
        return
    with tempfile.TemporaryDirectory() as name:
        settings = Path(name) / "docker"
        (settings / "cli-plugins").mkdir(parents=True)
        shutil.copy(BIN / "docker-compose", settings / "cli-plugins")
        os.environ["DOCKER_CONFIG"] = str(settings)
        client = connected(host)
        (Path(name) / "shop").mkdir()
        shop = Shop(Path(name) / "shop", client, image(client))
        shop.write(more)
        write_project(shop.folder / "backend")
        try:
            shop.compose("up", "-d", "db")
            yield shop
        finally:
            shop.clean()
            client.close()
            del os.environ["DOCKER_CONFIG"]


def container_state(_: object) -> Iterator[Result]:
    """Where the service stands: asked by the tool that is open, and by the command."""
    with shop_with_engine(QUIET) as shop:
        found = open_project(OpenOptions(directory=shop.folder / "backend"), run_tools=False)
        assert isinstance(found, Project)
        ours = asyncio.run(_asked(found))
        command = ["docker", "compose", "ps", "db", "--format", "json"]
        times = []
        for _round in range(ROUNDS):
            began = time.perf_counter()
            said = subprocess.run(command, cwd=shop.folder, capture_output=True, check=True).stdout
            times.append((time.perf_counter() - began) * 1000)
            if b'"running"' not in said:
                raise AssertionError(f"the command says {said!r}")
        peer = statistics.median(times)
    yield Result("container state", ours, peer, "ms", "≤ 0.5×", ours / peer <= 0.5, "compose ps")


async def _asked(project: Project) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = await database_container(project)
        times.append((time.perf_counter() - began) * 1000)
        if answer.container is None or answer.container.state != "running":
            raise AssertionError(f"the engine says {answer}")
    return statistics.median(times)


def log_flood(_: object) -> Iterator[Result]:
    """A key in the log's screen until its answer is painted, beside a log in which nothing comes;
    and the memory after a while beside that at first."""
    silent = _logs(QUIET, 0.0)[0]
    flooded, memory, rate = _logs(FLOOD, FLOOD_SECONDS)
    name = f"key to paint, {rate:,.0f} log lines/s, 95th percentile"
    yield Result(name, flooded, silent, "ms", "< 50 ms", flooded < 50, "a silent log")
    first, last = memory
    yield Result(
        f"memory after {FLOOD_SECONDS} s of that", last, first, "MB", "≤ 1.2×", last / first <= 1.2,
        "after 5 s",
    )  # fmt: skip


def _logs(more: str, seconds: float) -> tuple[float, tuple[float, float], float]:
    """(95th percentile of key to paint in ms, (first, last) memory in MB, lines a second)."""
    with shop_with_engine(more) as shop:
        command, backend = [str(BIN / "opsmig")], shop.folder / "backend"
        with running(command, backend, {}, (40, 120)) as (terminal, _):
            terminal.wait_for("palette")
            terminal.quiet(0.5)
            os.write(terminal.master, b"1")
            terminal.wait_for("db  running")
            os.write(terminal.master, b"l")
            terminal.wait_for("following")
            _read_for(terminal, 5.0 if seconds else 1.0)
            first = terminal.memory()
            times = []
            for _ in range(KEYS):
                times.append(_key_to_paint(terminal, b"g", b"looking back"))
                times.append(_key_to_paint(terminal, b"f", b"following"))
            began = time.time()
            _read_for(terminal, seconds)
            ended = time.time()
            lines = shop.container.logs(since=began, until=ended).count(b"\n") if seconds else 0
            rate = lines / (ended - began)
            return statistics.quantiles(times, n=20)[-1], (first, terminal.memory()), rate


def _key_to_paint(terminal: Terminal, key: bytes, text: bytes) -> float:
    """Milliseconds from a key until `text` has been painted, whatever else is painted meanwhile."""
    terminal.forget()
    began = time.perf_counter()
    os.write(terminal.master, key)
    while text not in terminal.seen:
        if time.perf_counter() - began > LIMIT_SECONDS:
            raise TimeoutError(f"no answer to {key!r}")
        terminal.read(1.0)
    took = (time.perf_counter() - began) * 1000
    _read_for(terminal, 0.15)
    return took


def _read_for(terminal: Terminal, seconds: float) -> None:
    """Takes what comes, as a terminal does: a screen that is not read stands still."""
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        terminal.read(left)
        terminal.forget()

"""The measurements. Each takes the two projects and returns results; peers run in the same run."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.branches import VERSIONS, write_branches
from tests.bench.docker_cases import container_state, log_flood
from tests.bench.large_cases import TURN_MS, rows, turns, write_large
from tests.bench.live_cases import lock_wait, upgrade_overhead
from tests.bench.projects import Measured
from tests.bench.rehearsal_cases import rehearsal
from tests.bench.result import Result
from tests.bench.review_cases import (
    review_all,
    review_history,
    review_long,
    review_opens,
)
from tests.bench.schema_cases import snapshot
from tests.bench.terminal import running

BIN = Path(sys.executable).parent
ROUNDS = 7
KEYS = 100


def _median(once: Callable[[], float], rounds: int = ROUNDS) -> float:
    once()  # files into the page cache, bytecode written
    return statistics.median(once() for _ in range(rounds))


def _painted(command: str, project: Measured, text: str) -> float:
    """Milliseconds from the start of `command` until `text` is on its screen."""
    with running([str(BIN / command)], project.backend, {}, (40, 120)) as (terminal, began):
        return (terminal.wait_for(text) - began) * 1000


def first_paint(projects: list[Measured]) -> Iterator[Result]:
    """First painted history in a real pseudo-terminal."""
    for project in projects:
        text = project.newest[:20]
        ours = _median(lambda p=project, t=text: _painted("opsmig", p, t))
        peer = _median(lambda p=project, t=text: _painted("lazyalembic", p, t))
        name = f"first paint, {project.name}"
        yield Result(name, ours, peer, "ms", "≤ 0.6×", ours / peer <= 0.6, "lazyalembic")


def whole_screen(projects: list[Measured]) -> Iterator[Result]:
    """The whole first screen, ready for keys: until the footer is painted."""
    for project in projects:
        ours = _median(lambda p=project: _painted("opsmig", p, "palette"))
        peer = _median(lambda p=project: _painted("lazyalembic", p, "Quit"))
        name = f"whole screen, {project.name}"
        yield Result(name, ours, peer, "ms", "no slower", ours <= peer, "lazyalembic")


WALK = """
from alembic.config import Config
from alembic.script import ScriptDirectory
for one in ScriptDirectory.from_config(Config("alembic.ini")).walk_revisions():
    print(one.revision, one.down_revision)
"""
READ = """
from pathlib import Path
from opsmig_tui.history.reader import read_history
for one in read_history([Path("alembic/versions")]).revisions:
    parents = one.down_revisions
    print(one.revision, parents if len(parents) > 1 else parents[0] if parents else None)
"""


def _script(code: str, project: Measured) -> float:
    began = time.perf_counter()
    _output(code, project)
    return (time.perf_counter() - began) * 1000


def _output(code: str, project: Measured) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.backend, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted(done.stdout.splitlines())


def static_history(projects: list[Measured]) -> Iterator[Result]:
    """The whole history in a fresh process: text against alembic's import of every file."""
    for project in projects:
        if _output(READ, project) != _output(WALK, project):
            raise AssertionError(f"{project.name}: the graphs differ")
        ours = _median(lambda p=project: _script(READ, p), 5)
        peer = _median(lambda p=project: _script(WALK, p), 3)
        name = f"static history, {project.name}"
        yield Result(name, ours, peer, "ms", "≤ 0.2×", ours / peer <= 0.2, "walk_revisions()")


def status(projects: list[Measured]) -> Iterator[Result]:
    """Where the database stands: the resident worker against the command."""
    project = projects[0]

    def command() -> float:
        began = time.perf_counter()
        subprocess.run(
            [str(BIN / "alembic"), "current"], cwd=project.backend, capture_output=True, check=True
        )
        return (time.perf_counter() - began) * 1000

    peer = _median(command, 3)
    ours = asyncio.run(_resident_status(project))
    name = f"status, {project.name}"
    yield Result(name, ours, peer, "ms", "≤ 0.01×", ours / peer <= 0.01, "alembic current")


async def _resident_status(project: Measured) -> float:
    from opsmig_tui.project.model import OpenOptions, Project
    from opsmig_tui.project.open import open_project
    from opsmig_tui.services.worker_client import WorkerClient
    from opsmig_tui.worker.protocol import Status

    opened = open_project(OpenOptions(project.backend))
    assert isinstance(opened, Project)
    client = WorkerClient(opened)
    await client.start()
    try:
        await client.request(Status())
        times = []
        for _ in range(30):
            began = time.perf_counter()
            await client.request(Status())
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)
    finally:
        await client.stop()


IMPORT = "import alembic.autogenerate, models"


def drift(projects: list[Measured]) -> Iterator[Result]:
    """A saved model file until the new drift: beside a fresh import of alembic and the models."""
    project = projects[0]
    peer = _median(lambda: _script(IMPORT, project), 5)
    ours = asyncio.run(_drift_after_save(project))
    name = f"drift after a save, {project.name}"
    yield Result(name, ours, peer, "ms", "≤ 1.2×", ours / peer <= 1.2, "importing the models")


async def _drift_after_save(project: Measured) -> float:
    from opsmig_tui.project.model import OpenOptions, Project
    from opsmig_tui.project.open import open_project
    from opsmig_tui.workspace.workspace import Workspace

    opened = open_project(OpenOptions(project.backend))
    assert isinstance(opened, Project)
    workspace = Workspace(opened, trusted=True)
    workspace.read_history()
    moved = asyncio.Event()
    workspace.subscribe(lambda _: moved.set())
    live = asyncio.create_task(workspace.live())

    async def until(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                moved.clear()
                await moved.wait()

    def fresh() -> bool:
        return workspace.state.drift.phase == "ready"

    times = []
    try:
        await until(fresh)
        model = project.backend / "models" / "invoice.py"
        for number in range(5):
            await asyncio.sleep(1)
            began = time.perf_counter()
            model.write_text(model.read_text() + f"# saved {number}\n")
            await until(lambda: not fresh())
            await until(fresh)
            times.append((time.perf_counter() - began) * 1000)
    finally:
        live.cancel()
        await asyncio.wait([live])
        await workspace.close()
    return statistics.median(times)


def _keys(command: list[str], project: Measured, key: bytes, first: bytes) -> float:
    """95th percentile, in ms, of the time from a key to the first byte it causes."""
    with running(command, project.backend, {}, (40, 120)) as (terminal, _):
        terminal.wait_for("palette" if "opsmig" in command[0] else "Quit")
        terminal.quiet(1.0)
        if first:
            terminal.key_to_first_byte(first)
            terminal.quiet(0.3)
        times = []
        for _ in range(KEYS):
            times.append(terminal.key_to_first_byte(key))
            terminal.quiet(0.03)
    return statistics.quantiles(times, n=20)[-1]


def keypress(projects: list[Measured]) -> Iterator[Result]:
    """`j` in the history: key to first byte, 95th percentile."""
    project = projects[-1]
    ours = _keys([str(BIN / "opsmig")], project, b"j", b"2")
    peer = _keys([str(BIN / "lazyalembic")], project, b"\x1b[B", b"")
    name = f"j, {project.name}"
    yield Result(name, ours, peer, "ms", "p95 < 20 ms", ours < 20, "lazyalembic, down")


def ghost(projects: list[Measured]) -> Iterator[Result]:
    """A revision of one of 500 branches, by its id alone: in this process, and `git grep`."""
    from opsmig_tui.history.reader import read_history
    from opsmig_tui.services.git import find_ghosts

    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "many"
        wanted, _ = write_branches(root)
        where = [root / VERSIONS]
        known = frozenset(read_history(where).by_id)

        def ours() -> float:
            began = time.perf_counter()
            (found,) = asyncio.run(find_ghosts(root, [wanted], known, where))
            assert found.file is not None
            return (time.perf_counter() - began) * 1000

        def peer() -> float:
            began = time.perf_counter()
            listed = ["git", "for-each-ref", "--format=%(refname)", "refs/heads"]
            refs = subprocess.run(listed, cwd=root, capture_output=True, check=True, text=True)
            grep = ["git", "grep", "-l", wanted, *refs.stdout.split(), "--", VERSIONS]
            subprocess.run(grep, cwd=root, capture_output=True, check=True)
            return (time.perf_counter() - began) * 1000

        took, beside = _median(ours), _median(peer)
        yield Result("ghost, 500 branches", took, beside, "ms", "< 200 ms", took < 200, "git grep")


def large(_: list[Measured]) -> Iterator[Result]:
    """Ten thousand files and 3,000 revisions on a branch: opened, then looked through with git."""
    with tempfile.TemporaryDirectory() as name:
        project = write_large(Path(name) / "large")
        yield from first_paint([project])
        yield from whole_screen([project])
        for what, longest, whole in asyncio.run(turns(project)):
            met = longest < TURN_MS
            yield Result(f"turn: {what}", longest, whole, "ms", "< 10 ms", met, "until it is there")
        made = rows(project)
        yield Result("turn: lines of History", made, made, "ms", "< 20 ms", made < 20, "itself")


CASES = {
    "large": large,
    "ghost": ghost,
    "first-paint": first_paint,
    "whole-screen": whole_screen,
    "static-history": static_history,
    "status": status,
    "keypress": keypress,
    "drift": drift,
    "container-state": container_state,
    "log-flood": log_flood,
    "review-history": review_history,
    "review-all": review_all,
    "review-long": review_long,
    "review-opens": review_opens,
    "snapshot": snapshot,
    "lock-wait": lock_wait,
    "upgrade-overhead": upgrade_overhead,
    "rehearsal": rehearsal,
}

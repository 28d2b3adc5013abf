"""A live run that explains itself: how soon a wait is told, and what the watching costs."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.projects import Measured, opened
from tests.bench.result import Result

ROUNDS = 5
OWN_MS = 50.0
"""What the guards of a run may take: its lock, its watcher, the checks before and after."""
READER = """
import asyncio
from opsmig_tui.services.pipe import reading
from opsmig_tui.worker.protocol import EXPENDABLE, decode_event

async def read():
    pipe = await reading(0)
    await pipe.lines(lambda line: isinstance(decode_event(line)[1], EXPENDABLE))

asyncio.run(read())
"""
# alembic's own upgrade in a process that has imported everything, as the worker has: by itself, and
# (every other time) with each statement told as the worker tells it, to a process that reads it as
# the tool does.
ALEMBIC = """
import subprocess, sys, time
from alembic import command
from alembic.config import Config
from opsmig_tui.worker.cancel import Cancellation
from opsmig_tui.worker.channel import Channel
from opsmig_tui.worker.redact import Redactor
from opsmig_tui.worker.sqltrace import Trace

def upgrade():
    config = Config("alembic.ini", stdout=open("/dev/null", "w"))
    command.downgrade(config, "base")
    began = time.perf_counter()
    command.upgrade(config, "head")
    return (time.perf_counter() - began) * 1000

rounds = int(sys.argv[1])
for _ in range(rounds):
    print("alembic", upgrade())
reading = subprocess.Popen([sys.executable, "-c", sys.argv[3]], stdin=subprocess.PIPE)
redactor, cancellation = Redactor(), Cancellation()
cancellation.cancel_on_server = lambda: None  # as in a run, whose guard sets it
channel = Channel(reading.stdin.fileno(), redactor)
trace = Trace(channel, redactor, cancellation, lambda: (sys.argv[2],))
trace.install()
trace.begin(read_only=False, impatient=False)
for _ in range(rounds):
    for trace.recording in (False, True):
        print("told" if trace.recording else "untold", upgrade())
"""
LOCKS = '''"""locks

Revision ID: 0a0a0a0a0a0a
Revises: {head}
"""
from alembic import op

revision = "0a0a0a0a0a0a"
down_revision = "{head}"
branch_labels = depends_on = None


def upgrade():
    op.execute("LOCK TABLE ops.vendor")


def downgrade():
    pass
'''


def upgrade_overhead(projects: list[Measured]) -> Iterator[Result]:
    """The sample's whole chain in a warm process: what telling each statement adds, and what a
    whole run with its guards takes beside alembic's own."""
    project = projects[0]
    versions = str(project.backend / "alembic" / "versions")
    done = subprocess.run(
        [sys.executable, "-c", ALEMBIC, str(3 * ROUNDS), versions, READER],
        cwd=project.backend, capture_output=True, text=True, check=True,
    )  # fmt: skip
    # The quickest of each: what else the machine does only ever adds, more than is asked for here.
    best: dict[str, float] = {}
    for line in done.stdout.splitlines():
        how, _, ms = line.partition(" ")
        if how in ("alembic", "untold", "told"):
            best[how] = min(best.get(how, math.inf), float(ms))
    told, untold, alembic = best["told"], best["untold"], best["alembic"]
    name = "upgrade of the chain"
    yield Result(f"{name}, told", told, untold, "ms", "< 1.1×", told / untold < 1.1, "not told")
    ours = asyncio.run(_upgrades(project))
    target = f"< {OWN_MS:.0f} ms more"
    met = ours - alembic < OWN_MS
    yield Result(f"{name}, guarded", ours, alembic, "ms", target, met, "alembic, warm")


async def _upgrades(project: Measured) -> float:
    from opsmig_tui.services.worker_client import WorkerClient
    from opsmig_tui.worker.protocol import Plan, RunResult
    from opsmig_tui.workspace.apply import run_request

    client = WorkerClient(opened(project), runner=True)
    times = []
    try:
        for _ in range(ROUNDS):
            for direction, target in (("downgrade", "base"), ("upgrade", "head")):
                plan = await client.request(Plan(direction, target))
                began = time.perf_counter()
                result: RunResult = await client.request(run_request(plan), lambda event: None)
                if direction == "upgrade":
                    times.append((time.perf_counter() - began) * 1000)
                    assert len(result.applied) >= 20
    finally:
        await client.stop()
    return min(times)


def lock_wait(projects: list[Measured]) -> Iterator[Result]:
    """From the statement that has to wait until the output says for whom."""
    ours = asyncio.run(_waits(projects[0]))
    yield Result("a wait is told, sample", ours, 500.0, "ms", "< 500 ms", ours < 500, "the target")


async def _waits(project: Measured) -> float:
    import psycopg

    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.workspace import apply
    from opsmig_tui.workspace.workspace import Workspace

    workspace = Workspace(opened(project), trusted=True)
    workspace.read_history()
    await workspace.refresh("status")
    if workspace.state.status.value is not None and workspace.state.status.value.pending:
        await apply.run(workspace, await apply.plan(workspace, "upgrade", "head"))
    assert workspace.state.current
    path = project.backend / "alembic" / "versions" / "2030_01_01_0000-0a0a0a0a0a0a_locks.py"
    path.write_text(LOCKS.format(head=workspace.state.current[0]))
    times: list[float] = []
    try:
        with psycopg.connect(_libpq(project.backend)) as other:
            other.execute(b"SELECT 1 FROM ops.vendor")
            for _ in range(ROUNDS):
                plan = await apply.plan(workspace, "upgrade", "head")
                run = asyncio.create_task(apply.run(workspace, plan))
                times.append(await _until_told(workspace))
                workspace.cancel()
                try:
                    await run
                except WorkerFailed:
                    workspace.output.clear()
    finally:
        path.unlink()
        await workspace.close()
    return max(times)


async def _until_told(workspace: Any) -> float:
    seen: dict[str, float] = {}
    async with asyncio.timeout(60):
        while len(seen) < 2:
            for line in workspace.output.lines:
                if line.text.startswith(("LOCK TABLE", "held by pid")):
                    seen.setdefault(line.text[:4], time.perf_counter())
            await asyncio.sleep(0.002)
    return (seen["held"] - seen["LOCK"]) * 1000


def _libpq(backend: Path) -> str:
    """The sample's own DATABASE_URL."""
    for line in (backend / ".env").read_text().splitlines():
        if line.startswith("DATABASE_URL="):
            return line.partition("=")[2].strip().strip("\"'").replace("+psycopg:", ":", 1)
    raise AssertionError("the sample has no DATABASE_URL")

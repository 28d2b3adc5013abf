"""A rehearsal, beside the commands that people try a revision with today."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from tests.bench.projects import Measured, opened
from tests.bench.result import Result

ROUNDS = 5
BY_HAND = (("upgrade", "head"), ("current",), ("downgrade", "-1"), ("upgrade", "head"))
BODY = """
def upgrade():
    op.add_column("vendor", sa.Column("rehearsed", sa.Integer(), index=True), schema="ops")


def downgrade():
    op.drop_column("vendor", "rehearsed", schema="ops")
"""
REVISION = '''"""rehearsed"""
import sqlalchemy as sa
from alembic import op

revision = "0b0b0b0b0b0b"
down_revision = "{head}"
branch_labels = depends_on = None

'''


def rehearsal(projects: list[Measured]) -> Iterator[Result]:
    """One pending revision as the screen does it: from the key until the report is there."""
    backend = projects[0].backend
    path = backend / "alembic" / "versions" / "2030_01_01_0000-0b0b0b0b0b0b_rehearsed.py"
    head = _alembic(backend, "heads").split()[0]
    _alembic(backend, "upgrade", "head")
    path.write_text(REVISION.format(head=head) + BODY)
    try:
        here, first, again = asyncio.run(_ours(projects[0]))
        peer = statistics.median(_by_hand(backend) for _ in range(ROUNDS))
    finally:
        path.unlink()
    name = "rehearsal of a revision"
    who = "alembic ×4"
    yield Result(f"{name}, here", here, peer, "ms", "≥ 20× faster", here * 20 <= peer, who)
    for when, took in (("scratch, first", first), ("scratch, again", again)):
        yield Result(f"{name}, {when}", took, peer, "ms", "no slower", took <= peer, who)


async def _ours(project: Measured) -> tuple[float, float, float]:
    from opsmig_tui.workspace.rehearse import On, passed, plan_rehearsal, rehearse
    from opsmig_tui.workspace.workspace import Workspace

    workspace = Workspace(opened(project), trusted=True)
    workspace.read_history()
    await workspace.refresh("status")

    async def once(on: On) -> None:
        result = await rehearse(workspace, await plan_rehearsal(workspace, "head", on=on))
        assert passed(result)
        assert len(result.legs) == 3

    try:
        await once("here")  # the models are imported, as they are some seconds after the start
        here = statistics.median([await _timed(lambda: once("here")) for _ in range(ROUNDS)])
        first = await _timed(lambda: once("scratch"))
        return here, first, await _timed(lambda: once("scratch"))
    finally:
        await workspace.close()


async def _timed(once: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await once()
    return (time.perf_counter() - began) * 1000


def _by_hand(backend: Path) -> float:
    began = time.perf_counter()
    for command in BY_HAND:
        _alembic(backend, *command)
    took = (time.perf_counter() - began) * 1000
    _alembic(backend, "downgrade", "-1")
    return took


def _alembic(backend: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "alembic", *arguments]
    done = subprocess.run(command, cwd=backend, check=True, capture_output=True, text=True)
    return done.stdout

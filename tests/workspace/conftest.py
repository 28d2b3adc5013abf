"""Workspaces on real projects, closed at the end with nothing left running."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.workspace.workspace import Workspace
from tests.support.postgres import run_sql
from tests.support.warm import Warm

HEAD, MIDDLE, CURRENT, BEFORE = "a7c3f15d8e92", "b8c9d0a41e6f", "7e35d1a8c0f2", "c80b4f1e97d5"
# A worker's start, on a machine that runs many tests at once.
LONG = 60.0

LEFT = "SELECT datname FROM pg_database WHERE datname LIKE 'opsmig_scratch_%'"

Open = Callable[..., Workspace]


def opened(folder: Path, **changes: Any) -> Project:
    project = open_project(OpenOptions(directory=folder), run_tools=False)
    assert isinstance(project, Project)
    return replace(project, **changes)


@pytest.fixture
async def open_workspace() -> AsyncIterator[Open]:
    """`open_workspace(folder, trusted=True, **changes of the Project)`."""
    made: list[Workspace] = []
    before = workers()

    def make(folder: Path, *, trusted: bool = True, **changes: Any) -> Workspace:
        workspace = Workspace(opened(folder, **changes), trusted=trusted)
        workspace.read_history()
        made.append(workspace)
        return workspace

    yield make
    for workspace in made:
        await workspace.close()
    assert workers() <= before


@pytest.fixture
def ws(open_workspace: Open, sample: SampleProject) -> Workspace:
    """The sample, opened and trusted."""
    return open_workspace(sample.backend)


@pytest.fixture
def versions(sample: SampleProject) -> Path:
    return sample.backend / "alembic" / "versions"


_OTHERS: set[int] = set()


@pytest.fixture(autouse=True)
def count_own_workers_only(warm: Warm) -> None:
    """A worker that another test's screen is still ending is not this test's, nor is the process
    that all are forked from."""
    warm.begin()
    _OTHERS.clear()
    _OTHERS.update(workers())


def workers() -> set[int]:
    """The worker processes that this test has started and that have not ended."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return {
        int(pid)
        for pid, parent, *command in rows
        if int(parent) == os.getpid() and "bootstrap.py" in "".join(command)
    } - _OTHERS


async def until(condition: Callable[[], object], seconds: float = LONG) -> None:
    """Return as soon as the condition holds; fail when it does not within `seconds`."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def output(workspace: Workspace) -> str:
    return "\n".join(line.text for line in workspace.output.lines)


REVISION = '''\
"""{message}

Revision ID: {revision}
Revises: {down}
"""
import time
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{down}"
branch_labels = depends_on = None


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
'''


def write_revision(
    versions: Path,
    revision: str = "0a0a0a0a0a0a",
    down: str = HEAD,
    *,
    upgrade: str = "pass",
    downgrade: str = "pass",
) -> Path:
    """A revision file; the bodies are lines of source code."""
    path = versions / f"2030_01_01_0000-{revision}_test.py"
    path.write_text(
        REVISION.format(
            message=f"test {revision}",
            revision=revision,
            down=down,
            upgrade=upgrade.replace("\n", "\n    "),
            downgrade=downgrade.replace("\n", "\n    "),
        )
    )
    return path


def line_of(path: Path, text: str) -> int:
    """The 1-based number of the line that holds `text`."""
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if text in line)


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the test's own, which other users may enter: no other opsmig of this
    machine tidies it. Nothing is left in it, and nothing on the server that tests share."""
    memory = Path("/dev/shm")  # to make a server there costs half
    folder = Path(tempfile.mkdtemp(prefix="o", dir=memory if memory.is_dir() else "/tmp"))
    folder.chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    monkeypatch.setattr(tempfile, "tempdir", None)
    left = [path.name for path in folder.glob("opsmig_scratch_*")]
    shutil.rmtree(folder)
    assert left == []


@pytest.fixture
def may_not(sample: SampleProject, postgres: embedded.Server, at_head: None) -> Iterator[None]:
    with postgres.connect() as connection:
        connection.execute("ALTER ROLE ops NOCREATEDB")
    yield
    with postgres.connect() as connection:
        connection.execute("ALTER ROLE ops CREATEDB")
    assert run_sql(sample, LEFT) == []

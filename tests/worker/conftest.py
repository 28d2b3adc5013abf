"""A worker on the sample project, and what it told."""

import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker import protocol

Start = Callable[..., WorkerClient]


@pytest.fixture
def project(sample: SampleProject) -> Project:
    return opened(sample.backend)


def opened(folder: Path, **options: Any) -> Project:
    project = open_project(OpenOptions(directory=folder, **options))
    assert isinstance(project, Project)
    return project


@pytest.fixture
async def start(project: Project) -> AsyncIterator[Start]:
    """Make clients that are stopped at the end: `start(runner=True)`."""
    clients: list[WorkerClient] = []

    def make(on: Project = project, **options: Any) -> WorkerClient:
        clients.append(WorkerClient(on, **options))
        return clients[-1]

    yield make
    for client in clients:
        await client.stop()


class Told:
    """Collects events; `told` is everything said, as one text, to search for secrets."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def __call__(self, event: Any) -> None:
        self.events.append(event)

    def of(self, cls: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, cls)]

    def text(self) -> str:
        return json.dumps([dataclasses.asdict(event) for event in self.events])


async def upgrade(
    client: WorkerClient, direction: str = "upgrade", target: str = "head", told: Any = None
) -> Any:
    """Plan and run, as the tool does."""
    plan = await client.request(protocol.Plan(direction, target))
    return await client.request(run_of(plan), told)


def run_of(plan: protocol.PlanResult) -> protocol.Run:
    steps = tuple(step.revision for step in plan.steps)
    digests = tuple(step.digest for step in plan.steps)
    return protocol.Run(plan.direction, plan.target, plan.databases, steps, digests)


HEAD = "a7c3f15d8e92"
VERSION = "SELECT version_num FROM public.alembic_version"


def add_revision(
    sample: SampleProject, upgrade: str, downgrade: str = "pass", rev: str = "0a0a0a0a0a0a"
) -> Path:
    """Write a revision on top of the sample's head, or of the one added before."""
    versions = sample.backend / "alembic" / "versions"
    added = sorted(versions.glob("2030_*.py"))
    down = added[-1].name.split("-")[1].split("_")[0] if added else HEAD
    path = versions / f"2030_01_01_{len(added):04}-{rev}_test.py"
    path.write_text(
        f'"""a test\n\nRevision ID: {rev}\nRevises: {down}\n"""\n'
        "import os\nimport subprocess\nimport sys\nimport time\n\n"
        "import sqlalchemy as sa\nfrom alembic import op\n\n"
        f'revision = "{rev}"\ndown_revision = "{down}"\nbranch_labels = depends_on = None\n\n\n'
        f"def upgrade():\n{indent(dedent(upgrade).strip(), '    ')}\n\n\n"
        f"def downgrade():\n{indent(dedent(downgrade).strip(), '    ')}\n"
    )
    return path


def line_of(path: Path, text: str) -> int:
    """The 1-based number of the line that holds `text`."""
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if text in line)

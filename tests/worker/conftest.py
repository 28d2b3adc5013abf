"""A worker on the sample project, and what it told."""

import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
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
    return protocol.Run(plan.direction, plan.target, plan.databases, steps)

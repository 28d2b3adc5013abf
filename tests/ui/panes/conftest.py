"""The sample project's own files and git repository, with no database behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.workspace.state import WorkspaceState
from opsmig_tui.workspace.workspace import Workspace


@pytest.fixture
def project(sample_files: Path) -> Project:
    opened = open_project(OpenOptions(sample_files), run_tools=False)
    assert isinstance(opened, Project)
    return opened


async def read(project: Project, *, trusted: bool = True, git: bool = True) -> WorkspaceState:
    """History and git as the workspace reads them."""
    workspace = Workspace(project, trusted=trusted)
    workspace.read_history()
    if git:
        await workspace.refresh("git")
    return workspace.state


@pytest.fixture
async def history_state(project: Project) -> WorkspaceState:
    """What is known at the first paint: the history alone."""
    return await read(project, git=False)


@pytest.fixture
async def state(project: Project) -> WorkspaceState:
    """History and git have been read."""
    return await read(project)

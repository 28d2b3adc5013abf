"""The whole app on a sample project of the test's own, with its database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.ui.app import OpsmigApp
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.ui.screens.main import MainScreen
from opsmig_tui.workspace.state import WorkspaceState
from opsmig_tui.workspace.workspace import Workspace
from tests.ui.dump import screen_text, until

# A worker's start, on a machine that runs many tests at once.
LONG = 60.0


@dataclass
class Driver:
    """The app, its keys, and what it shows."""

    app: OpsmigApp
    pilot: Pilot[Any]

    @property
    def state(self) -> WorkspaceState:
        return self.app.workspace.state

    @property
    def main(self) -> MainScreen:
        found = self.app.screen_stack[1]
        assert isinstance(found, MainScreen)
        return found

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition, LONG)

    async def sees(self, text: str) -> None:
        try:
            await self.until(lambda: text in self.text)
        except AssertionError:
            status = self.state.status
            told = f"status {status.phase} {status.problem}; running {self.state.run}"
            raise AssertionError(f"never seen: {text}\n{told}\n{self.text}") from None

    async def told(self, text: str) -> None:
        """A toast says so."""
        await self.until(lambda: any(text in note.message for note in self.app._notifications))

    async def position(self) -> None:
        """The database has told where it stands, and what drifted."""
        await self.until(lambda: self.state.drift.phase == "ready")

    async def confirm(self) -> ConfirmScreen:
        """The question is up and takes keys."""
        await self.until(lambda: isinstance(self.app.screen, ConfirmScreen))
        found = self.app.screen
        assert isinstance(found, ConfirmScreen)
        await self.until(lambda: not found.deaf)
        if found.confirmation.typed is not None:
            await self.until(lambda: isinstance(self.app.focused, Input))
        return found

    async def agree(self) -> None:
        """Says yes to the question, whatever it wants typed."""
        question = await self.confirm()
        if question.confirmation.typed is not None:
            await self.press(*question.confirmation.typed)
            await self.until(lambda: question.typed_right)
        await self.press("y")

    async def back(self) -> None:
        """No dialog is open."""
        await self.until(lambda: self.app.screen is self.main)


Opener = Callable[..., AbstractAsyncContextManager[Driver]]


@pytest.fixture
def opened(sample: SampleProject) -> Opener:
    """`async with opened(size=…, trusted=…, read_only=…) as driver`."""
    return opener(sample.backend)


@pytest.fixture
def bare(sample_files: Path) -> Opener:
    """As `opened`, on the sample's files alone. The Python that was named for the project is gone:
    none of its code runs, and no worker starts."""
    gone = {"python": "/nowhere/python", "interpreter_problem": "that Python is gone"}
    return opener(sample_files / "backend", interpreter=None, **gone)


def opener(folder: Path, **changes: Any) -> Opener:
    """Opens the app on that project, with these changes of the Project."""

    @asynccontextmanager
    async def open_app(
        *, size: tuple[int, int] = (120, 40), trusted: bool = True, read_only: bool = False
    ) -> AsyncIterator[Driver]:
        found = open_project(OpenOptions(directory=folder), run_tools=False)
        assert isinstance(found, Project)
        workspace = Workspace(replace(found, read_only=read_only, **changes), trusted=trusted)
        workspace.read_history()
        app = OpsmigApp(workspace)
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: isinstance(app.screen_stack[-1], MainScreen) or not trusted)
            yield Driver(app, pilot)

    return open_app


@pytest.fixture
def versions(sample: SampleProject) -> Path:
    return sample.backend / "alembic" / "versions"

"""The story the pictures tell, driven through the keyboard as a person would."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.review.model import Finding
from opsmig_tui.ui.app import OpsmigApp
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.ui.screens.create import CreateScreen
from opsmig_tui.ui.screens.diff import DiffScreen
from opsmig_tui.ui.screens.failure import FailureScreen
from opsmig_tui.ui.screens.heads import HeadsScreen
from opsmig_tui.ui.screens.main import MainScreen
from opsmig_tui.ui.screens.peek import PeekScreen
from opsmig_tui.workspace.workspace import Workspace
from screenshots.picture import write

PATIENCE_SECONDS = 120.0
# The flag the review is shown at: what autogenerate writes of a rename.
FLAG_SHOWN = "rename-as-drop-add-column"
# So that the picture of a run can be taken while it runs.
SLOW_REVISION = '''"""backfill telemetry

Revision ID: d41c7ab0e952
Revises: {head}
Create Date: 2026-05-02 09:11:40

"""
from alembic import op

revision = "d41c7ab0e952"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    print("backfilling odometer readings, batch 1 of 12")
    op.execute("SELECT pg_sleep(600)")


def downgrade() -> None:
    op.execute("SELECT 1")
'''


@dataclass(frozen=True)
class Setting:
    """One terminal: its size in cells and its theme."""

    name: str
    size: tuple[int, int]
    theme: str


SETTINGS = (
    Setting("dark", (120, 40), "opsmig-dark"),
    Setting("light", (120, 40), "opsmig-light"),
    Setting("80x24", (80, 24), "opsmig-dark"),
)


class Story:
    """The app with its keyboard, and the pictures taken of it."""

    def __init__(self, app: OpsmigApp, pilot: Pilot[Any], setting: Setting) -> None:
        self.app, self.pilot, self.setting = app, pilot, setting
        self.taken: list[Path] = []

    @property
    def main(self) -> MainScreen:
        return next(one for one in self.app.screen_stack if isinstance(one, MainScreen))

    async def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the story is stuck: " + str(self.app.screen))
            await self.pilot.pause(0.05)
        await self.pilot.pause(0.3)

    async def picture(self, name: str) -> None:
        """Takes one, once the screen has settled and no toast is in the way."""
        self.app.clear_notifications()
        await self.pilot.pause(0.5)
        self.taken.append(write(self.app, f"{name}-{self.setting.name}"))

    async def shows(self, screen: type) -> None:
        await self.until(lambda: isinstance(self.app.screen, screen))

    async def agree(self) -> None:
        """Says yes to the question, typing what it wants."""
        await self.shows(ConfirmScreen)
        question = self.app.screen
        assert isinstance(question, ConfirmScreen)
        await self.until(lambda: not question.deaf)
        await self.pilot.press(*(question.confirmation.typed or ""))
        await self.until(lambda: question.typed_right)
        await self.pilot.press("y")

    async def idle(self) -> None:
        await self.until(lambda: not self.main.job and self.app.screen is self.main)
        await self.until(lambda: self.app.workspace.state.drift.phase == "ready")


async def take(backend: Path, setting: Setting) -> list[Path]:
    """Takes every picture at this setting; returns the PNG files."""
    opened = open_project(OpenOptions(directory=backend), run_tools=False)
    assert isinstance(opened, Project)
    workspace = Workspace(opened, trusted=True)
    workspace.read_history()
    app = OpsmigApp(workspace)
    app.theme = setting.theme
    async with app.run_test(size=setting.size) as pilot:
        story = Story(app, pilot, setting)
        async for name in _story(story, opened):
            await story.picture(name)
    return story.taken


async def _story(story: Story, project: Project) -> AsyncIterator[str]:
    press, board = story.pilot.press, story.main.board
    await story.idle()
    await story.until(lambda: board.review.review is not None)
    yield "main"
    await press("2", "question_mark")
    yield "help"
    await press("escape", "5", "d")
    await story.shows(ConfirmScreen)
    yield "confirm"
    await press("escape")
    status = story.app.workspace.state.status.value
    assert status is not None
    board.go("history")
    board.history.select(status.pending[0])
    await _rehearse(story)
    yield "rehearsal"
    await press("left_curly_bracket")
    yield "schema"
    await press("5", "u")
    await story.agree()
    await story.idle()
    async for name in _create(story):
        yield name
    async for name in _run(story, project):
        yield name


async def _create(story: Story) -> AsyncIterator[str]:
    """A revision with everything autogenerate lets through, reviewed; its upgrade fails."""
    press, board = story.pilot.press, story.main.board
    await press("c")
    await story.shows(CreateScreen)
    dialog = story.app.screen
    assert isinstance(dialog, CreateScreen)
    await story.until(lambda: dialog.ready)
    await press(*("space" if letter == " " else letter for letter in "vendor onboarding"))
    await story.until(lambda: dialog.plan_of_message)
    yield "create"
    await press("enter")
    await story.until(lambda: board.question.display)
    await story.until(lambda: board.review.review is not None and board.review.review.findings)
    await _to_flag(story, lambda one: one.rule == FLAG_SHOWN)
    yield "review"
    await press("right_curly_bracket")
    await story.until(lambda: board.review.list.rows and board.review.list.rows[-1].pieces)
    yield "sql"
    await press("right_curly_bracket")
    yield "findings"
    await press("left_curly_bracket", "left_curly_bracket", "f")
    await story.shows(DiffScreen)
    yield "fix"
    await press("n")
    await _to_rows(story)
    yield "rows"
    await press("escape")
    await _rehearse(story)
    yield "rehearsal-failed"
    await press("5", "u")
    await story.agree()
    await story.shows(FailureScreen)
    yield "failed"
    await press("escape", "4")


async def _rehearse(story: Story) -> None:
    before = story.app.workspace.state.rehearsal
    await story.pilot.press("r")
    await story.until(lambda: story.app.workspace.state.rehearsal is not before)
    await story.until(lambda: story.main.board.review.tab.name == "rehearsal")
    await story.idle()


async def _to_rows(story: Story) -> None:
    """The rows behind a finding about this database."""
    await _to_flag(story, lambda one: one.probe is not None and one.probe.kind == "rows")
    await story.pilot.press("p")
    await story.shows(PeekScreen)


async def _to_flag(story: Story, wanted: Callable[[Finding], bool]) -> None:
    review = story.main.board.review
    assert review.review is not None
    lines = {one.line for one in review.review.findings if wanted(one)}
    assert lines, "the sample's review has no such finding"
    while review.list.file_line() not in lines:
        await story.pilot.press("right_square_bracket")


async def _run(story: Story, project: Project) -> AsyncIterator[str]:
    """The failing revision goes, a slow one comes: a run under way."""
    board, workspace = story.main.board, story.app.workspace
    assert board.review.path is not None
    board.review.path.unlink()
    (head,) = workspace.state.current or ("",)
    folder = project.config.version_locations[0]
    slow = folder / "2026_05_02_0911-d41c7ab0e952_backfill_telemetry.py"
    slow.write_text(SLOW_REVISION.format(head=head), encoding="utf-8")
    await story.until(
        lambda: workspace.state.status.value and workspace.state.status.value.pending
        and workspace.state.status.value.pending[-1] == "d41c7ab0e952"
    )  # fmt: skip
    await story.idle()
    await story.pilot.press("5", "d")
    await story.agree()
    await story.idle()
    await story.pilot.press("u")
    await story.agree()
    await story.until(
        lambda: any("pg_sleep" in one.text and one.state for one in workspace.output.lines)
    )
    yield "running"
    await story.pilot.press("ctrl+c")
    await story.idle()
    async for name in _apart(story, slow):
        yield name


async def _apart(story: Story, slow: Path) -> AsyncIterator[str]:
    """Two heads, as after a merge; then a database that stands at what this branch has not."""
    workspace = story.app.workspace
    other = slow.with_name("2026_05_04_1530-e52d8bc1fa63_add_telemetry_source.py")
    text = slow.read_text(encoding="utf-8").replace("d41c7ab0e952", "e52d8bc1fa63")
    made = 'op.add_column("asset", sa.Column("source", sa.Text()), schema="ops")'
    text = text.replace('op.execute("SELECT pg_sleep(600)")', made)
    text = text.replace("backfill telemetry", "add telemetry source")
    other.write_text(text, encoding="utf-8")
    await story.until(lambda: len(_heads(workspace)) == 2)
    await story.idle()
    await story.pilot.press("2", "m")
    await story.shows(HeadsScreen)
    yield "heads"
    await story.pilot.press("escape")
    standing = (workspace.state.current or ("",))[0]
    for path in sorted(slow.parent.glob("*.py")):
        if path in (slow, other) or standing in path.name or path.name > "2026_04":
            path.unlink()
    await story.until(lambda: workspace.state.ghosts.value)
    await story.idle()
    await story.pilot.press("2", "g")
    yield "ghost"


def _heads(workspace: Workspace) -> tuple[str, ...]:
    view = workspace.state.history.value
    return tuple(view.history.heads) if view is not None else ()

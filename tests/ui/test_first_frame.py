import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pyte
import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.ui.app import OpsmigApp
from opsmig_tui.ui.colours import DARK
from opsmig_tui.ui.first_frame import frame
from opsmig_tui.workspace.workspace import Workspace
from tests.ui.dump import screen_text, until

TOP = 10


def lines(text: str, columns: int, rows: int) -> list[str]:
    screen = pyte.Screen(columns, rows)
    pyte.Stream(screen).feed(text)
    return list(screen.display)


def place(screen: list[str], text: str, width: int) -> list[int]:
    """In each line of the pane, where the text stands."""
    return [line[:width].find(text) for line in screen[TOP:]]


def project_of(sample: SampleProject) -> Project:
    opened = open_project(OpenOptions(sample.backend))
    assert isinstance(opened, Project)
    return opened


@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (100, 30), (200, 60)])
async def test_the_history_stands_where_its_pane_is_going_to_be(
    sample: SampleProject, columns: int, rows: int
):
    workspace = Workspace(project_of(sample), trusted=True)
    workspace.read_history()
    view = workspace.state.history.value
    assert view is not None
    early = lines(frame("backend", view, columns, rows, DARK), columns, rows)
    app = OpsmigApp(workspace)
    async with app.run_test(size=(columns, rows)) as pilot:
        await until(pilot, lambda: "2 History" in screen_text(app))
        late = screen_text(app).splitlines()
    side = early[TOP].index("╮") + 1
    assert early[TOP].startswith("╭─ 2 History")
    assert late[TOP].startswith("╭─ 2 History")
    assert late[TOP][side - 1] == "╮"
    for row in view.rows[:8]:
        assert place(early, row.revision[:6], side) == place(late, row.revision[:6], side)
    bottoms = [[n for n, line in enumerate(one) if line.startswith("╰")] for one in (early, late)]
    assert bottoms[0][0] == bottoms[1][1]


def test_escape_sequences_of_a_message_stay_text(sample: SampleProject):
    path = next((sample.backend / "alembic" / "versions").glob("*a7c3f15d8e92*"))
    text = path.read_text().replace(
        "add work order priority", "evil \x1b]0;title\x07 \x1b[2J end", 1
    )
    path.write_text(text)
    workspace = Workspace(project_of(sample), trusted=False)
    workspace.read_history()
    view = workspace.state.history.value
    assert view is not None
    painted = frame("backend", view, 200, 40, None)
    assert "\x1b]0;" not in painted
    assert painted.count("\x1b[2J") == 1
    assert any("evil" in line for line in lines(painted, 200, 40))


BROKEN = """
import sys
from opsmig_tui.ui.first_frame import first_frame
from opsmig_tui.workspace.state import HistoryView
from opsmig_tui.history.model import History
with first_frame("x", HistoryView(History(), ())):
    raise SystemExit(3)
"""


def test_a_failure_behind_the_frame_gives_the_terminal_back(tmp_path: Path):
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (40, 120))
    before = termios.tcgetattr(slave)
    done = subprocess.run(
        [sys.executable, "-c", BROKEN], stdin=slave, stdout=slave, stderr=slave, check=False
    )
    output = os.read(master, 1 << 16)
    after = termios.tcgetattr(slave)
    os.close(master)
    os.close(slave)
    assert done.returncode == 3
    assert output.startswith(b"\x1b[?1049h")
    assert output.endswith(b"\x1b[?1049l\x1b[?25h")
    assert after == before

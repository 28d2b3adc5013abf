"""A Flask app that cannot be created: asked again every few seconds, created when a person asks."""

import sys
from pathlib import Path

from opsmig_tui.project.model import Interpreter
from opsmig_tui.workspace.status import refresh
from tests.support.flask_app import created, write_flask_project
from tests.workspace.conftest import Open


async def test_it_is_created_again_only_where_a_person_asks(
    open_workspace: Open, tmp_path: Path
) -> None:
    root = write_flask_project(tmp_path / "shop", more="open('settings').close()")
    python = Interpreter(Path(sys.executable), "these tests")
    workspace = open_workspace(root, interpreter=python)
    await workspace.refresh("status", "drift")
    assert "No such file" in workspace.state.status.problem
    await refresh(workspace, "status", quiet=True)
    assert created(root) == 1
    await workspace.refresh("status", "drift")
    assert "No such file" in workspace.state.status.problem
    assert created(root) == 2
    (root / "settings").touch()
    await workspace.refresh("status", "drift")
    assert workspace.state.drift.phase == "ready"
    assert created(root) == 3

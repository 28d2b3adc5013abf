"""What the settings say about one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.history.model import History
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import OpenOptions, Project, Settings
from opsmig_tui.project.open import open_project
from opsmig_tui.workspace.severities import left_alone, severities
from opsmig_tui.workspace.workspace import Workspace
from tests.workspace.conftest import CURRENT, HEAD, MIDDLE

With = Callable[..., Project]


@pytest.fixture
def project(sample: SampleProject) -> With:
    opened = open_project(OpenOptions(sample.backend))
    assert isinstance(opened, Project)
    path = opened.settings.path or opened.root / "opsmig.toml"
    return lambda **values: replace(opened, settings=Settings(path=path, **values))


def test_the_last_pattern_that_matches_decides(project: With) -> None:
    opened = project(
        severity={"drop-table": "warning", "drop-column": "note"},
        per_path=(
            ("alembic/versions/*", {"drop-table": "off"}),
            ("alembic/versions/new.py", {"drop-table": "error"}),
            ("elsewhere", {"drop-column": "off"}),
        ),
    )
    home = opened.settings.path.parent if opened.settings.path else Path()
    versions = home / "alembic" / "versions"
    assert severities(opened, home / "x.py") == {"drop-table": "warning", "drop-column": "note"}
    assert severities(opened, versions / "old.py")["drop-table"] == "off"
    assert severities(opened, versions / "new.py")["drop-table"] == "error"
    assert severities(opened, home / "elsewhere" / "x.py")["drop-column"] == "off"


def _history(project: Project) -> History:
    workspace = Workspace(project, trusted=False)
    workspace.read_history()
    view = workspace.state.history.value
    assert view is not None
    return view.history


def test_what_is_at_or_below_a_revision_is_left_alone(project: With) -> None:
    opened = project(start_after=MIDDLE[:6])
    history = _history(opened)
    assert left_alone(opened, history, history.by_id[MIDDLE]) == MIDDLE
    assert left_alone(opened, history, history.by_id[CURRENT]) == MIDDLE
    assert left_alone(opened, history, history.by_id[HEAD]) == ""
    assert left_alone(opened, history, None) == ""
    with pytest.raises(OpsmigError, match=r"start-after in .*: .*nowhere"):
        left_alone(project(start_after="nowhere"), history, history.by_id[HEAD])

"""The files of ghosts: in a folder of their own, as they were reviewed, gone afterwards."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Interpreter
from opsmig_tui.workspace import apply
from opsmig_tui.workspace.overlay import PREFIX, overlaid, remove_left
from tests.services.repos import make_repo
from tests.support.projects import AlembicProject
from tests.workspace.conftest import Open


async def test_only_what_was_reviewed_is_loaded(
    open_workspace: Open, empty_project: AlembicProject
) -> None:
    repo = make_repo(empty_project.root)
    empty_project.revision("a1")
    repo.commit()
    repo("checkout", "-q", "-b", "feature")
    written = empty_project.revision("b2", "a1").read_bytes()
    repo.commit()
    repo("checkout", "-q", "main")
    with sqlite3.connect(empty_project.root / "test.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('b2')")
    python = Interpreter(Path(sys.executable), "the tests' own")
    workspace = open_workspace(empty_project.root, interpreter=python)
    async with overlaid(workspace) as overlay:
        assert overlay is not None
        folder = overlay.folder
        assert folder.stat().st_mode & 0o777 == 0o700
        assert not folder.is_relative_to(empty_project.root)
        (path,) = folder.iterdir()
        assert path.read_bytes() == written
        assert [one.revision for one in overlay.reviews] == ["b2"]
        plan = await apply.plan(workspace, "downgrade", "a1", overlay)
        assert [step.path for step in plan.steps] == [str(path)]
        ran = empty_project.root / "ran"
        path.write_bytes(written + f"\nopen({str(ran)!r}, 'w')\n".encode())
        with pytest.raises(OpsmigError, match="is not what was reviewed"):
            await apply.plan(workspace, "downgrade", "a1", overlay)
        assert not ran.exists()
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (f"{PREFIX}{ended.pid}-x", f"{PREFIX}{os.getpid()}-x", f"{PREFIX}other-x"):
        (tmp_path / name / "__pycache__").mkdir(parents=True)
    remove_left()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {f"{PREFIX}{os.getpid()}-x", f"{PREFIX}other-x"}

"""Reading beside the event loop: what is read meanwhile is not overtaken, nor made anew."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from opsmig_tui.workspace import workspace as module
from tests.workspace.conftest import Open
from tests.workspace.test_git_places import backend, opened, revision


async def test_a_history_that_was_read_meanwhile_is_not_overtaken(
    tmp_path: Path, open_workspace: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = backend(tmp_path)
    workspace = opened(open_workspace, tmp_path)
    read, go_on = module.read_history, threading.Event()

    def late(*arguments: object) -> object:
        found = read(*arguments)  # type: ignore[arg-type]
        if threading.current_thread() is not threading.main_thread():
            assert go_on.wait(10)
        return found

    monkeypatch.setattr(module, "read_history", late)
    beside = asyncio.create_task(workspace.read_history_beside(saved=True))
    await asyncio.sleep(0)
    revision(repo, "b2", "a1")
    workspace.read_history(saved=True)
    go_on.set()
    await beside
    view = workspace.state.history.value
    assert view is not None
    assert list(view.history.by_id) == ["b2", "a1"]
    assert view.saves == 2


async def test_the_same_answer_of_git_is_the_same_object(
    tmp_path: Path, open_workspace: Open
) -> None:
    repo = backend(tmp_path)
    workspace = opened(open_workspace, tmp_path)
    await workspace.refresh("git")
    before = workspace.state.git.value
    await workspace.refresh("git")
    assert workspace.state.git.value is before
    revision(repo, "b2", "a1")
    await workspace.refresh("git")
    after = workspace.state.git.value
    assert after is not None
    assert after.marks[repo.root / "alembic" / "versions" / "b2.py"] == "untracked"

"""Which file is reviewed, against what, and with which facts."""

import os
import subprocess
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Probe
from opsmig_tui.workspace.peek import peek
from opsmig_tui.workspace.review import find_target, review
from opsmig_tui.workspace.workspace import Workspace
from tests.support.projects import AlembicProject
from tests.workspace.conftest import CURRENT, HEAD, MIDDLE, Open, workers, write_revision


def git(sample: SampleProject, *arguments: str) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=sample.root, check=True, capture_output=True)


async def default(ws: Workspace) -> str:
    ws.read_history()
    await ws.refresh("git")
    return (await find_target(ws, None)).name


async def test_the_default_is_the_uncommitted_file_else_the_head(
    open_workspace: Open, sample: SampleProject, versions: Path
) -> None:
    ws = open_workspace(sample.backend, trusted=False)
    assert HEAD in await default(ws)
    # Touched last, which says nothing.
    old = next(versions.glob(f"*{CURRENT}*"))
    os.utime(old)
    assert HEAD in await default(ws)
    # Edited since it was committed.
    old.write_text(old.read_text() + "\n# edited\n")
    assert CURRENT in await default(ws)
    found = await review(ws, facts=False)
    assert found.diff_base == old.read_text().removesuffix("\n# edited\n")
    # New, and nearer to the head.
    path = write_revision(versions)
    assert await default(ws) == path.name
    assert (await review(ws, facts=False)).diff_base == ""
    git(sample, "add", str(path))
    assert await default(ws) == path.name
    git(sample, "commit", "--quiet", "-m", "x", "--", str(path), str(old))
    assert await default(ws) == path.name
    path.unlink()
    git(sample, "commit", "--quiet", "-am", "x")
    # One that nobody can read yet is what is being worked on.
    broken = versions / "0c0c0c0c0c0c_broken.py"
    broken.write_text("def upgrade(:\n")
    assert await default(ws) == broken.name
    broken.unlink()
    # Several heads, nothing uncommitted: nobody can know which is meant.
    second = write_revision(versions, down=MIDDLE)
    git(sample, "add", str(second))
    git(sample, "commit", "--quiet", "-m", "x", "--", str(second))
    with pytest.raises(OpsmigError, match="2 heads") as caught:
        await default(ws)
    assert HEAD in str(caught.value)
    assert "0a0a0a0a0a0a" in str(caught.value)
    assert workers() == set()


async def test_targets_are_ids_beginnings_symbols_and_paths(
    open_workspace: Open, sample: SampleProject, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = open_workspace(sample.backend, trusted=False)
    path = next(versions.glob(f"*{MIDDLE}*"))
    for target in (MIDDLE, MIDDLE[:5], "head-1", path, str(path)):
        assert await find_target(ws, target) == path
    # A folder with the name of a revision is none; a file that no revision is named like is one.
    monkeypatch.chdir(versions)
    Path(MIDDLE[:5]).mkdir()
    assert await find_target(ws, MIDDLE[:5]) == path
    assert await find_target(ws, path.name) == path
    with pytest.raises(OpsmigError, match=r"nowhere\.py"):
        await find_target(ws, "nowhere.py")
    with pytest.raises(OpsmigError, match="zzzz"):
        await find_target(ws, "zzzz")


async def test_facts_are_asked_for_or_it_is_said_why_not(
    open_workspace: Open, sample: SampleProject, ws: Workspace, versions: Path
) -> None:
    def reasons(found: object) -> set[str]:
        return {one.reason for one in found.not_checked}  # type: ignore[attr-defined]

    write_revision(versions, upgrade='op.drop_index("ix_vendor_name", schema="ops")')
    untrusted = open_workspace(sample.backend, trusted=False)
    await untrusted.refresh("history")
    for facts in (True, False):
        found = await review(untrusted, facts=facts)
        assert reasons(found)
        assert all(text.startswith(("no worker: ", "no database: ")) for text in reasons(found))
    assert "not trusted" in str(reasons(await review(untrusted)))
    assert workers() == set()

    ws.read_history()
    assert "no database" not in str(reasons(await review(ws)))
    (sample.backend / ".env").write_text("DATABASE_URL=postgresql+psycopg://ops@127.0.0.1:1/ops\n")
    without = reasons(await review(ws))
    assert any(text.startswith("no database: connection") for text in without)
    assert not any(text.startswith("no worker") for text in without)
    # The models as they are now, not as the worker knew them.
    (sample.backend / "models" / "vendor.py").write_text("def broken(:\n")
    ws.workers.code_changed()
    broken = reasons(await review(ws))
    assert any("vendor.py" in text for text in broken)


async def test_without_git_and_outside_of_it(
    open_workspace: Open, empty_project: AlembicProject, tmp_path: Path, sample: SampleProject
) -> None:
    path = empty_project.revision("a1")
    ws = open_workspace(empty_project.root, trusted=False)
    found = await review(ws)
    assert found.path == path
    assert found.diff_base == path.read_text()
    empty_project.revision("b1")
    ws.read_history()
    with pytest.raises(OpsmigError, match="2 heads"):
        await review(ws)

    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text(path.read_text())
    other = open_workspace(sample.backend, trusted=False)
    assert (await review(other, elsewhere)).path == elsewhere


async def test_a_project_without_revisions_and_one_that_cannot_be_read(
    open_workspace: Open, empty_project: AlembicProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = open_workspace(empty_project.root, trusted=False)
    with pytest.raises(OpsmigError, match="no revision to review"):
        await review(ws)

    def denied(*_: object) -> object:
        raise PermissionError(13, "Permission denied", "/versions")

    # Root, who may run the tests, is denied nothing.
    monkeypatch.setattr("opsmig_tui.history.reader._listing", denied)
    closed = open_workspace(empty_project.root, trusted=False)
    assert closed.state.history.phase == "failed"
    with pytest.raises(OpsmigError, match="cannot be read"):
        await review(closed)


async def test_some_of_the_rows_behind_a_question(ws: Workspace) -> None:
    found = await peek(ws, Probe("rows", "vendor", "ops"))
    assert "id" in found.columns
    assert 0 < len(found.rows) <= 50


async def test_no_rows_where_there_are_none_to_show(ws: Workspace) -> None:
    with pytest.raises(OpsmigError, match=r"rows cannot be shown: it is not in this database\.$"):
        await peek(ws, Probe("rows", "no_such_table", "ops"))


async def test_rows_are_not_asked_for_without_trust(
    open_workspace: Open, sample: SampleProject
) -> None:
    workspace = open_workspace(sample.backend, trusted=False)
    with pytest.raises(OpsmigError, match="not trusted yet: to look at rows"):
        await peek(workspace, Probe("rows", "vendor", "ops"))

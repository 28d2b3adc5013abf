"""Two heads in a real repository: whose is whose, what both touch, moving and taking back."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.batch import write_batch
from opsmig_tui.workspace.edits import ChangedOnDisk, undo
from opsmig_tui.workspace.heads import choose, look
from opsmig_tui.workspace.moving import propose_move
from opsmig_tui.workspace.workspace import Workspace
from tests.support.projects import AlembicProject
from tests.workspace.conftest import Open


def git(project: AlembicProject, *arguments: str) -> str:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    command = ["git", "-C", str(project.root), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def forked(empty_project: AlembicProject) -> AlembicProject:
    """main has a1 and o1; the branch, which main was merged into, m1 (committed) and m2 (not)."""
    project = empty_project
    config = project.config.read_text()
    project.config.write_text(f"{config}file_template = %%(year)d_%%(rev)s_%%(slug)s\n")
    project.revision("a1", upgrade='op.create_table("t")', message="base")
    git(project, "init", "-qb", "main")
    git(project, "add", ".")
    git(project, "commit", "-qm", "a1")
    git(project, "checkout", "-qb", "topic")
    column = 'op.add_column("t", sa.Column("x", sa.Text()))'
    path = project.revision("m1", "a1", upgrade=column, message="mine")
    path.rename(path.with_name("2026_m1_mine.py"))
    git(project, "add", ".")
    git(project, "commit", "-qm", "m1")
    git(project, "checkout", "-q", "main")
    project.revision("o1", "a1", upgrade='op.drop_table("t")\nop.drop_table("u")', message="other")
    git(project, "add", ".")
    git(project, "commit", "-qm", "o1")
    git(project, "checkout", "-q", "topic")
    git(project, "merge", "-q", "main")
    path = project.revision("m2", "m1", upgrade="op.execute(text())", message="more")
    path.rename(path.with_name("2026_m2_more.py"))
    return project


@pytest.fixture
def ws(open_workspace: Open, forked: AlembicProject) -> Workspace:
    return open_workspace(forked.root, trusted=False)


def texts(project: AlembicProject) -> dict[str, str]:
    return {path.name: path.read_text() for path in project.versions.glob("*.py")}


async def test_moved_and_taken_back_as_one(ws: Workspace, forked: AlembicProject) -> None:
    heads = await look(ws)
    assert heads.mine == "m2"
    assert heads.common == ("a1",)
    assert heads.shared == ("t",)
    assert [step.revision.revision for step in heads.side("m2").steps] == ["m1", "m2"]
    assert heads.side("m2").steps[0].does == ("adds column t.x",)
    assert heads.side("m2").unsure.startswith("what m2 does")
    assert choose(heads, None, None) == ("m2", "o1")

    before = texts(forked)
    move, change = await propose_move(ws, "m2", "o1")
    assert texts(forked) == before
    assert move.parents == {"m1": ("o1",)}
    assert [one.path.name for one in change.files] == ["2026_m1_mine.py"]
    assert "-down_revision = 'a1'" in change.diff
    assert "+Revises: o1" in change.diff
    patch = "\n".join(change.diff) + "\n"
    subprocess.run(["git", "apply", "--check"], cwd=forked.root, input=patch, text=True, check=True)
    await write_batch(ws, change)
    view = ws.state.history.value
    assert view is not None
    assert view.history.heads == ("m2",)
    assert not view.history.problems
    assert (await undo(ws)).title == "Moves 2 revisions on top of o1."
    assert texts(forked) == before


async def test_dates_go_into_docstrings_and_file_names(
    ws: Workspace, forked: AlembicProject
) -> None:
    for old in forked.versions.glob("2026_*"):
        old.write_text(old.read_text().replace("2026-01-01", "2020-01-01"))
        old.rename(old.with_name(old.name.replace("2026", "2020")))
    await ws.refresh("history")
    before = texts(forked)
    _, change = await propose_move(ws, "m2", "o1", dates=True)
    assert len(change.files) == 2
    patch = "\n".join(change.diff) + "\n"
    subprocess.run(["git", "apply", "--check"], cwd=forked.root, input=patch, text=True, check=True)
    await write_batch(ws, change)
    now = {name: text for name, text in texts(forked).items() if "_m" in name}
    assert len(now) == 2
    for name, text in now.items():
        assert not name.startswith("2020")
        assert "Create Date: 2020" not in text
    await undo(ws)
    assert texts(forked) == before


async def test_a_file_that_changed_meanwhile_keeps_all_from_being_written(
    ws: Workspace, forked: AlembicProject
) -> None:
    _, change = await propose_move(ws, "m2", "o1", dates=False)
    path = change.files[-1].path
    path.write_text(path.read_text() + "# more\n")
    before = texts(forked)
    with pytest.raises(ChangedOnDisk, match="2026_m1_mine"):
        await write_batch(ws, change)
    assert texts(forked) == before
    assert not ws.written


async def test_whose_head_it_is_has_to_be_said_where_git_cannot_tell(
    open_workspace: Open, empty_project: AlembicProject
) -> None:
    empty_project.revision("a1")
    for name in ("b1", "b2", "b3"):
        empty_project.revision(name, "a1")
    ws = open_workspace(empty_project.root, trusted=False, read_only=True)
    heads = await look(ws)
    assert heads.mine is None
    with pytest.raises(OpsmigError, match="cannot be told which"):
        choose(heads, None, None)
    with pytest.raises(OpsmigError, match="on top of"):
        choose(heads, "b1", None)
    heads = await look(ws, ["b1", "b2"])
    assert choose(heads, None, "b2") == ("b1", "b2")
    _, change = await propose_move(ws, "b1", "b2")
    with pytest.raises(OpsmigError, match="Read-only"):
        await write_batch(ws, change)
    Path(empty_project.versions / "b2_revision_b2.py").unlink()
    Path(empty_project.versions / "b3_revision_b3.py").unlink()
    await ws.refresh("history")
    with pytest.raises(OpsmigError, match="There is one head, b1"):
        await look(ws)

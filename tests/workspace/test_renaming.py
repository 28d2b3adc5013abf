"""Another message: docstring and file name, and nothing else."""

from __future__ import annotations

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.batch import write_batch
from opsmig_tui.workspace.edits import undo
from opsmig_tui.workspace.renaming import propose_rename
from tests.support.projects import AlembicProject
from tests.workspace.conftest import Open


async def test_renamed_and_taken_back(open_workspace: Open, empty_project: AlembicProject) -> None:
    path = empty_project.revision("a1", message="add x")
    before = path.read_text()
    ws = open_workspace(empty_project.root, trusted=False)
    change = await propose_rename(ws, "a1", 'Say "what" it does')
    assert change.diff[:3] == (
        "diff --git a/alembic/versions/a1_add_x.py b/alembic/versions/a1_say_what_it_does.py",
        "rename from alembic/versions/a1_add_x.py",
        "rename to alembic/versions/a1_say_what_it_does.py",
    )
    await write_batch(ws, change)
    assert not path.exists()
    view = ws.state.history.value
    assert view is not None
    (item,) = view.history.revisions
    assert (item.message, item.path.name) == ('Say "what" it does', "a1_say_what_it_does.py")
    assert item.path.read_text() == before.replace("add x", 'Say "what" it does', 1)
    await undo(ws)
    assert path.read_text() == before
    assert not item.path.exists()


async def test_what_is_there_is_never_written_over(
    open_workspace: Open, empty_project: AlembicProject
) -> None:
    path = empty_project.revision("a1", message="add x")
    other = path.with_name("a1_add_y.py")
    other.write_text("# a note\nrevision = 'b1'\ndown_revision = 'a1'\n")
    ws = open_workspace(empty_project.root, trusted=False)
    change = await propose_rename(ws, "a1", "add y")
    before = path.read_text()
    with pytest.raises(OpsmigError, match=r"a1_add_y\.py exists already"):
        await write_batch(ws, change)
    assert path.read_text() == before
    odd = await propose_rename(ws, "b1", "add z")
    assert odd.files == ()
    assert "keeps its name" in odd.notes[0]
    for bad in (" ", "a\nb", 'a"""b', "back\\slash", 'ends"'):
        with pytest.raises(OpsmigError, match=r"[Mm]essage"):
            await propose_rename(ws, "a1", bad)

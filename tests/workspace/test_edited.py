"""How revisions stand in git, and which were edited after they were applied."""

from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace import apply
from opsmig_tui.workspace.edited import details, standing
from opsmig_tui.workspace.fixes import propose_all
from opsmig_tui.workspace.review import review
from opsmig_tui.workspace.workspace import Workspace
from tests.services.repos import Repo
from tests.workspace.conftest import CURRENT, HEAD, MIDDLE


def edit(versions: Path, revision: str) -> Path:
    path = next(versions.glob(f"*{revision}*"))
    path.write_text(path.read_text() + "\n# edited\n")
    return path


async def test_the_log_of_a_run_says_which_text_was_applied(ws: Workspace, versions: Path) -> None:
    await apply.run(ws, await apply.plan(ws, "upgrade", "head"))
    await ws.refresh("git")
    assert ws.state.edited == {}
    edit(versions, HEAD)
    path = edit(versions, CURRENT)
    ws.read_history(saved=True)
    await ws.refresh("git")
    assert ws.state.history.value is not None
    items = ws.state.history.value.history.by_id
    assert {item: one.basis for item, one in ws.state.edited.items()} == {
        HEAD: "log",
        CURRENT: "git",
    }
    assert "after run 1 applied it" in details(ws.state, items[HEAD])[-1]
    assert "differs from HEAD" in details(ws.state, items[CURRENT])[-1]
    assert standing(ws.state, items[HEAD]) == ("edited, not staged", "edited after it was applied")
    assert standing(ws.state, items[MIDDLE]) == ()
    # Committed as it was applied, whatever git calls it: the log knows better.
    Repo(path.parent)("checkout", "-q", "--", ".")
    ws.read_history(saved=True)
    await ws.refresh("git")
    assert ws.state.edited == {}


async def test_nothing_is_said_of_what_is_not_applied(ws: Workspace, versions: Path) -> None:
    edit(versions, HEAD)
    ws.read_history(saved=True)
    await ws.refresh("git", "status")
    assert ws.state.edited == {}
    assert ws.state.history.value is not None
    item = ws.state.history.value.history.by_id[HEAD]
    assert standing(ws.state, item) == ("edited, not staged",)
    assert details(ws.state, item) == ["edited, not staged; another text than in HEAD"]


async def test_a_conflict_is_a_finding_also_where_everything_is_asked(
    ws: Workspace, versions: Path
) -> None:
    path = next(versions.glob(f"*{HEAD}*"))
    text = path.read_text()
    body = "    pass\n=======\n    op.execute('x')\n>>>>>>> theirs\n"
    path.write_text(text + f"\n\ndef helper():\n<<<<<<< HEAD\n{body}")
    ws.read_history(saved=True)
    found = await review(ws, path)
    assert [one.rule for one in found.findings] == ["conflict-markers"]
    assert found.revision == HEAD
    with pytest.raises(OpsmigError, match="does not parse"):
        await propose_all(found)
    assert path.read_text().endswith(body)

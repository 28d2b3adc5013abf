"""The migration as SQL within a review: when it is asked for, and where the revision stands."""

from dataclasses import replace
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.workspace.rendering import render, render_all
from opsmig_tui.workspace.review import review, static_facts
from opsmig_tui.workspace.standing import commits_each, edited_since
from opsmig_tui.workspace.workspace import Workspace
from tests.workspace.conftest import HEAD, MIDDLE, Open, line_of, workers, write_revision

LOOP = """for name in sorted(set("ba")):
    op.drop_column("vendor", name, schema="ops")  # LOOP"""


async def test_a_review_sees_what_the_migration_emits(ws: Workspace, versions: Path) -> None:
    path = write_revision(
        versions, upgrade=LOOP, downgrade="op.get_bind().scalar(sa.text('SELECT 1'))"
    )
    ws.read_history()
    static = await review(ws, path, facts=False)
    assert static.rendered is None
    assert static.not_seen == (
        f"what line {line_of(path, 'LOOP')} will do; rendered offline: no, "
        "the project's code was not asked",
    )
    found = await review(ws, path)
    (drop,) = [item for item in found.findings if item.rule == "drop-column"]
    assert (drop.line, drop.evidence) == (line_of(path, "LOOP"), "rendered")
    assert found.rendered is not None
    assert [item.sql for item in found.rendered.upgrade.statements] == [
        f"ALTER TABLE ops.vendor DROP COLUMN {name}" for name in "ab"
    ]
    line = line_of(path, "scalar")
    assert found.not_seen == (f"rendered offline: no, downgrade() reads rows at line {line}",)


async def test_it_is_asked_once_a_text_and_all_files_at_once(ws: Workspace, versions: Path) -> None:
    counter = versions.parent / "counter"
    body = f"with open({str(counter)!r}, 'a') as file:\n    file.write('.')"
    path = write_revision(versions, upgrade=body)
    await render_all(ws, sorted(versions.glob("*.py")))
    for one in sorted(versions.glob("*.py")):
        found, why = await render(ws, one, one.read_bytes())
        assert not why
        assert found is not None
        assert found.upgrade.complete
    assert counter.read_text() == "."
    path.write_text(path.read_text() + "\n")
    assert (await render(ws, path, b"another text"))[1] == "the file changed meanwhile"
    assert (await render(ws, path, path.read_bytes()))[0] is not None
    assert counter.read_text() == ".."


async def test_when_it_is_not_asked(
    open_workspace: Open, sample: SampleProject, versions: Path, tmp_path: Path
) -> None:
    path = next(versions.glob(f"*{HEAD}*"))
    untrusted = open_workspace(sample.backend, trusted=False)
    assert await render(untrusted, path, b"") == (None, "this project is not trusted yet")
    trusted = open_workspace(sample.backend)
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    why = "the file lies in none of the version locations"
    assert await render(trusted, copy, b"") == (None, why)
    off = replace(trusted.project.settings, render=False)
    denied = open_workspace(sample.backend, settings=off)
    assert await render(denied, path, b"") == (None, "rendering is off in the settings")
    assert workers() == set()


async def test_a_worker_that_dies_of_a_migration_is_not_sent_there_again(
    ws: Workspace, versions: Path
) -> None:
    path = write_revision(versions, upgrade="import os\nos._exit(3)")
    for _ in range(2):
        found, why = await render(ws, path, path.read_bytes())
        assert found is None
        assert "exit status 3" in why
    reader = await ws.workers.reader()
    assert reader.generation == 1


async def test_what_runs_before_it(ws: Workspace, versions: Path, sample: SampleProject) -> None:
    first = write_revision(versions, "0a0a0a0a0a0a")
    second = write_revision(versions, "0b0b0b0b0b0b", "0a0a0a0a0a0a")
    ws.read_history()
    known = await static_facts(ws, second)
    assert known.chain is not None
    assert known.chain.new_revisions is not None
    names = [one.revision.revision for one in known.pending_before]
    assert names[-1] == "0a0a0a0a0a0a"
    assert set(names) == known.chain.new_revisions - {"0b0b0b0b0b0b"}
    assert known.pending_before[-1].path == first
    base = next(versions.glob(f"*{MIDDLE}*"))
    assert not (await static_facts(ws, base)).transaction_per_migration
    env = sample.backend / "alembic" / "env.py"
    assert not commits_each(env.parent)
    env.write_text(env.read_text() + "\noptions = dict(transaction_per_migration=True)\n")
    assert commits_each(env.parent)
    env.write_text(env.read_text() + "\n# lock_timeout is for another day\n")
    assert not (await static_facts(ws, base)).bounds_waiting
    env.write_text(env.read_text() + "\nconnect_args = {'options': '-c lock_timeout=5s'}\n")
    assert (await static_facts(ws, base)).bounds_waiting


@pytest.mark.parametrize(
    ("applied", "committed", "now", "edited"),
    [
        (True, "def upgrade():\n    a()\n", "def upgrade():\n    b()\n", True),
        (True, '"""old"""\na = 1\n', '"""new"""\n\na = 1  # opsmig: ignore\n', False),
        (True, "a = 1\n", "a = (\n", True),
        (True, "", "a = 1\n", None),
        (False, "a = 1\n", "a = 2\n", None),
        (None, "a = 1\n", "a = 2\n", None),
    ],
)
def test_edited_since_it_was_applied(
    applied: bool | None, committed: str, now: str, edited: bool | None
) -> None:
    assert edited_since(applied, committed, now.encode()) is edited

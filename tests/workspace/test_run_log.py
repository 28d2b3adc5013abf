"""What a run leaves in its log, and `opsmig runs` on it; and how long the rest may take."""

import json
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.services.run_history import runs
from opsmig_tui.services.run_log import runs_folder
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.workspace import apply
from opsmig_tui.workspace.estimate import left_ms
from opsmig_tui.workspace.workspace import Workspace
from tests.cli.conftest import call
from tests.workspace.conftest import HEAD, MIDDLE, output, write_revision


async def test_a_run_is_logged_and_can_be_looked_at(
    ws: Workspace, sample: SampleProject, versions: Path, role_password: str
) -> None:
    failing = (
        "op.execute(\"SELECT set_config('my.word', 'Mrs Smith', true)\")\n"
        "op.execute(\"SELECT current_setting('my.word')::integer\")"
    )
    write_revision(versions, upgrade=failing)
    await apply.run(ws, await apply.plan(ws, "upgrade", MIDDLE))
    with pytest.raises(WorkerFailed):
        await apply.run(ws, await apply.plan(ws, "upgrade", "head"))
    bad, good = runs(ws.project.config.root)
    assert (good.phase, good.command) == ("done", f"alembic upgrade {MIDDLE}")
    assert good.message.endswith(f"the database stands at {MIDDLE}")
    assert good.databases[0].endswith(f"/{sample.database}")
    assert (bad.phase, bad.message) == ("failed", "invalid input syntax for type integer")
    for one in (good, bad):
        text = one.path.read_text()
        assert role_password not in text
        assert "backfilled 1600" not in text  # what a migration prints may be anything
    assert '"Mrs Smith"' not in bad.path.read_text().replace("\\", "")

    listed = call("runs", "-C", str(sample.backend)).output.splitlines()
    assert [line.split()[0] for line in listed] == ["2", "1"]
    shown = call("runs", "1").output
    assert f"upgrade to {MIDDLE}: {MIDDLE}" in shown
    assert "ADD COLUMN currency" in shown
    assert f"committed: {MIDDLE}" in shown
    document = json.loads(call("runs", "--all", "--json").output)
    assert [one["number"] for one in document["runs"]] == [2, 1]
    one = json.loads(call("runs", "2", "--json").output)
    assert {line["event"] for line in one["lines"]} >= {"begin", "plan", "sql_start", "failed"}
    missing = call("runs", "3")
    assert missing.exit_code == 2
    assert "There is no log of a run 3." in missing.output


async def test_what_stays_of_a_failed_run_is_told_afterwards(ws: Workspace, versions: Path) -> None:
    write_revision(
        versions,
        upgrade="with op.get_context().autocommit_block():\n"
        "    op.execute('CREATE TABLE ops.stays ()')\n"
        "op.execute('SELECT 1 / 0')",
    )
    await apply.run(ws, await apply.plan(ws, "upgrade", HEAD))
    with pytest.raises(WorkerFailed):
        await apply.run(ws, await apply.plan(ws, "upgrade", "head"))
    said = "committed: what ran so far of the revision under way"
    assert said in [line.text.strip() for line in ws.output.lines]
    shown = [line.strip() for line in call("runs", "2").output.splitlines()]
    assert any(line.endswith(said) for line in shown)
    assert "stays, though its revision is not applied: CREATE TABLE ops.stays ()" in shown
    assert f"the database stands at {HEAD}" in shown
    assert sum("division by zero" in line for line in shown) == 1


async def test_a_log_that_cannot_be_written_does_not_harm_the_run(ws: Workspace) -> None:
    runs_folder().parent.mkdir(parents=True)
    runs_folder().write_text("a file stands there")
    result = await apply.run(ws, await apply.plan(ws, "upgrade", "head"))
    assert result.current == (HEAD,)
    assert output(ws).count("the log of this run cannot be written") == 1
    assert call("runs", "--all").output == "No run has been logged yet.\n"


@pytest.mark.parametrize(
    ("rest", "known", "done", "left"),
    [
        ((), {}, {}, 0.0),
        (("a",), {}, {}, None),
        (("a", "b"), {"a": 5.0, "b": 6.0}, {}, 11.0),
        (("a", "b"), {"a": 5.0}, {}, None),
        (("a", "b"), {"a": 5.0}, {"x": 2.0, "y": 4.0}, 8.0),
    ],
)
def test_the_rest_is_judged_by_earlier_runs_and_by_this_one(
    rest: tuple[str, ...], known: dict[str, float], done: dict[str, float], left: float | None
) -> None:
    assert left_ms(rest, known, done) == left

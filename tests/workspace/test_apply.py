"""Plan, question and run, on the sample's database."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import SampleProject, point_to
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker.protocol import PlanResult
from opsmig_tui.workspace import apply
from opsmig_tui.workspace.workspace import Workspace
from tests.conftest import Sql
from tests.support.postgres import locked
from tests.workspace.conftest import (
    BEFORE,
    CURRENT,
    HEAD,
    MIDDLE,
    Open,
    line_of,
    output,
    until,
    write_revision,
)

SLEEP = 'op.execute("SELECT pg_sleep(600)")'


def position(sql: Sql) -> list[str]:
    return [row[0] for row in sql("SELECT version_num FROM public.alembic_version")]


def sleeping(sql: Sql) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE %s AND state = 'active'"
    count: int = sql(query, "SELECT pg_sleep(600)%")[0][0]
    return count


# ------------------------------------------------------------------------------------ the question


async def test_an_additive_upgrade_of_a_local_database_wants_a_yes_only(ws: Workspace) -> None:
    plan = await apply.plan(ws, "upgrade", MIDDLE)
    question = apply.confirmation(ws, plan)
    assert question.local
    assert question.command == f"alembic upgrade {MIDDLE}"
    assert question.database.endswith(f"/{plan.databases[0].identity.database}")
    assert [step.revision for step in question.steps] == [MIDDLE]
    assert "adds column agreement.currency" in question.steps[0].summary
    with pytest.raises(OpsmigError, match=CURRENT) as caught:
        await apply.plan(ws, "upgrade", CURRENT)
    assert caught.value.exit_status == 0


async def test_a_downgrade_counts_what_it_destroys_and_wants_the_revision(ws: Workspace) -> None:
    question = apply.confirmation(ws, await apply.plan(ws, "downgrade", "-1"))
    assert question.destructive
    assert (question.typed, question.typed_what) == (CURRENT, "the last revision of the plan")
    assert question.steps[0].losses == (
        "column ops.asset_history.telemetry: 300 rows hold a value",
        "column ops.asset.telemetry: 300 rows hold a value",
    )


async def test_what_only_the_file_tells_is_a_loss_beside_what_was_counted(
    ws: Workspace, versions: Path
) -> None:
    body = (
        'op.drop_column("vendor", "country", schema="ops")\n'
        'op.execute("DROP SCHEMA ops CASCADE")\n'
        'op.execute("UPDATE ops.vendor SET name = upper(name)")'
    )
    write_revision(versions, down=HEAD, upgrade=body)
    question = apply.confirmation(ws, await apply.plan(ws, "upgrade", "head"))
    losses = question.steps[-1].losses
    assert losses[0].startswith("column ops.vendor.country: ")
    assert "drops column ops.vendor.country" not in losses
    assert any("drops schema ops" in text or "CASCADE" in text for text in losses)
    assert any("every row of ops.vendor" in text for text in losses)
    assert question.typed == "0a0a0a0a0a0a"
    # Raw SQL of which nobody can tell what it does counts as destructive.
    write_revision(versions, down=HEAD, upgrade='op.execute("SELECT ops.tidy_up()")')
    question = apply.confirmation(ws, await apply.plan(ws, "upgrade", "head"))
    assert question.destructive
    assert question.steps[-1].losses


async def test_a_database_that_is_not_known_to_be_local_wants_its_name(
    ws: Workspace, sample: SampleProject
) -> None:
    plan = await apply.plan(ws, "upgrade", MIDDLE)
    (there,) = plan.databases
    remote = replace(there.identity, host="db.example.com", port=5432)
    tunnel = replace(there.identity, host="127.0.0.1", port=5432)
    ws.state = replace(ws.state, project=replace(ws.project, is_sample=False))
    for identity, word in ((remote, "remote"), (tunnel, "may be a tunnel")):
        question = apply.confirmation(
            ws, replace(plan, databases=(replace(there, identity=identity),))
        )
        assert not question.local
        assert question.typed == sample.database
        assert word in question.warnings[0]
    both = replace(plan, databases=(there, replace(there, identity=remote)))
    assert not apply.confirmation(ws, both).local


async def test_the_plan_goes_by_the_address_of_now(
    ws: Workspace, sample: SampleProject, postgres: Any, role_password: str
) -> None:
    """Another DATABASE_URL was saved while the worker held the old one."""
    await ws.refresh("status")
    assert ws.state.locality is not None
    point_to(sample.root, postgres.url("sample_template", role_password))
    ws.workers.code_changed()
    plan = await apply.plan(ws, "upgrade", "head")
    assert plan.databases[0].identity.database == "sample_template"


# ----------------------------------------------------------------------------------------- the run


@pytest.mark.parametrize("target", ["head", "0a0a0a0a0a0a"], ids=["done", "failed"])
async def test_the_end_of_a_run_does_not_wait_for_the_comparison(
    ws: Workspace, sample: SampleProject, versions: Path, target: str
) -> None:
    """It may be kept by a lock; the drift is read by whoever looks at it."""
    write_revision(versions, "0a0a0a0a0a0a", HEAD, upgrade="op.execute('SELECT 1 / 0')")
    await ws.refresh("drift")
    commands = len(ws.state.commands)
    plan = await apply.plan(ws, "upgrade", HEAD if target == "head" else target)
    with locked(sample, "ops.site"), suppress(WorkerFailed):
        await apply.run(ws, plan)
    assert ws.state.status.phase == "ready"
    assert ws.state.drift.phase == "stale"
    assert "alembic check" not in [one.command for one in ws.state.commands[commands:]]


async def test_a_run_streams_and_reads_its_end_back(ws: Workspace, sql: Sql) -> None:
    seen = []
    ws.subscribe(lambda state: seen.append(state.run))
    result = await apply.run(ws, await apply.plan(ws, "upgrade", "head"))
    assert result.current == (HEAD,)
    assert position(sql) == [HEAD]
    assert ws.state.current == (HEAD,)
    assert ws.state.run is not None
    assert (ws.state.run.phase, ws.state.run.number, ws.state.run.total) == ("done", 2, 2)
    assert {run.number for run in seen if run} == {0, 1, 2}
    kinds = [line.kind for line in ws.output.lines]
    assert kinds[0] == "command"
    assert kinds.count("step") == 2
    assert "Running upgrade" not in output(ws)
    assert not [one for one in ws.output.lines if one.state == "running"]
    assert "upgraded 2 revisions in " in output(ws)
    assert ws.state.commands[-1].command == "alembic current"
    assert "alembic upgrade head" in [one.command for one in ws.state.commands]


async def refused(ws: Workspace, plan: PlanResult, sql: Sql) -> WorkerFailed:
    with pytest.raises(WorkerFailed) as caught:
        await apply.run(ws, plan)
    assert ws.state.run is not None
    assert not ws.state.running
    return caught.value


async def test_a_database_that_moved_since_the_question_is_left_alone(
    ws: Workspace, sql: Sql
) -> None:
    plan = await apply.plan(ws, "upgrade", "head")
    sql("UPDATE public.alembic_version SET version_num = %s", BEFORE)
    error = await refused(ws, plan, sql)
    assert error.failed.kind == "identity"
    assert CURRENT in error.failed.message
    assert BEFORE in error.failed.message
    assert position(sql) == [BEFORE]
    assert ws.state.current == (BEFORE,)
    assert ws.state.run is not None
    assert (ws.state.run.phase, ws.state.run.number) == ("failed", 0)
    why = apply.moved(ws, error)
    question = apply.asked_again(
        apply.confirmation(ws, await apply.plan(ws, "upgrade", "head")), why
    )
    assert "no longer holds" in question.warnings[0]
    assert BEFORE in question.warnings[0]
    assert len(question.steps) == 3


async def test_files_that_changed_since_the_question_run_nothing(
    ws: Workspace, sql: Sql, versions: Path
) -> None:
    plan = await apply.plan(ws, "upgrade", "head")
    write_revision(versions, upgrade="op.execute('CREATE TABLE ops.surprise (id integer)')")
    error = await refused(ws, plan, sql)
    assert error.failed.kind == "identity"
    assert "0a0a0a0a0a0a" in error.failed.message
    assert position(sql) == [CURRENT]


async def test_a_failure_says_what_was_committed_and_what_rolled_back(
    ws: Workspace, sql: Sql, versions: Path
) -> None:
    first = "op.execute('CREATE TABLE ops.kept (id integer)')"
    second = (
        "with op.get_context().autocommit_block():\n"
        "    op.execute('CREATE INDEX CONCURRENTLY kept_id ON ops.kept (id)')\n"
        "op.execute('SELECT 1/0 AS broken')"
    )
    write_revision(versions, "0a0a0a0a0a0a", HEAD, upgrade=first)
    path = write_revision(versions, "0b0b0b0b0b0b", "0a0a0a0a0a0a", upgrade=second)
    plan = await apply.plan(ws, "upgrade", "head")
    assert "committed" in apply.confirmation(ws, plan).steps[-1].commits
    error = await refused(ws, plan, sql)
    failed = error.failed
    assert (failed.kind, failed.message) == ("database", "division by zero")
    assert (failed.file, failed.line) == (str(path), line_of(path, "1/0"))
    assert failed.committed == (MIDDLE, HEAD, "0a0a0a0a0a0a")
    assert failed.rolled_back == ("0b0b0b0b0b0b",)
    assert position(sql) == ["0a0a0a0a0a0a"]
    text = output(ws)
    for words in (
        "division by zero",
        "statement: SELECT 1/0 AS broken",
        f"at: alembic/versions/{path.name}:{failed.line}",
        f"committed: {MIDDLE}, {HEAD}, 0a0a0a0a0a0a",
        "rolled back: 0b0b0b0b0b0b",
        "the database stands at 0a0a0a0a0a0a",
    ):
        assert words in text
    assert next(line.state for line in ws.output.lines if "1/0" in line.text) == "failed"
    assert ws.state.current == ("0a0a0a0a0a0a",)


async def test_a_cancel_reaches_the_statement_and_the_workspace_lives_on(
    ws: Workspace, sql: Sql, versions: Path
) -> None:
    body = f"op.execute('CREATE TABLE ops.gone (id integer)')\n{SLEEP}"
    write_revision(versions, down=CURRENT, upgrade=body)
    plan = await apply.plan(ws, "upgrade", "0a0a0a0a0a0a")
    running = asyncio.create_task(apply.run(ws, plan))
    await until(lambda: sleeping(sql))
    with pytest.raises(OpsmigError, match="still running"):
        await apply.run(ws, plan)
    with pytest.raises(OpsmigError, match="still running"):
        await apply.plan(ws, "upgrade", "head")
    assert ws.cancel()
    assert ws.state.run is not None
    assert ws.state.run.phase == "cancelling"
    with pytest.raises(WorkerFailed) as caught:
        await running
    assert caught.value.failed.kind == "cancelled"
    assert ws.state.run.phase == "cancelled"
    assert position(sql) == [CURRENT]
    assert sql("SELECT to_regclass('ops.gone')") == [(None,)]
    assert sleeping(sql) == 0
    assert not ws.cancel()
    assert f"the database stands at {CURRENT}" in output(ws)
    await apply.run(ws, await apply.plan(ws, "upgrade", MIDDLE))
    assert position(sql) == [MIDDLE]


async def test_code_that_swallows_every_interrupt_is_ended_with_its_worker(
    ws: Workspace, sql: Sql, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opsmig_tui.workspace.running.KILL_AFTER", 0.0)
    loop = "op.execute('CREATE TABLE ops.gone (id integer)')\nimport time\nprint('looping')\n"
    loop += "while True:\n"
    loop += "    try:\n        time.sleep(0.1)\n    except BaseException:\n        print('not me')"
    write_revision(versions, down=CURRENT, upgrade=loop)
    plan = await apply.plan(ws, "upgrade", "0a0a0a0a0a0a")
    running = asyncio.create_task(apply.run(ws, plan))
    await until(lambda: "looping" in output(ws))
    ws.cancel()
    ws.cancel(force=True)
    await until(lambda: "not me" in output(ws))
    assert not running.done()
    ws.cancel(force=True)
    with pytest.raises(WorkerFailed) as caught:
        await running
    assert caught.value.failed.kind == "cancelled"
    assert ws.state.run is not None
    assert ws.state.run.phase == "cancelled"
    assert "the worker was killed" in output(ws)
    assert f"the database stands at {CURRENT}" in output(ws)
    assert sql("SELECT to_regclass('ops.gone')") == [(None,)]
    await apply.run(ws, await apply.plan(ws, "upgrade", MIDDLE))
    assert position(sql) == [MIDDLE]


async def test_a_cancel_before_the_worker_was_asked_changes_nothing(
    ws: Workspace, sql: Sql
) -> None:
    plan = await apply.plan(ws, "upgrade", "head")
    running = asyncio.create_task(apply.run(ws, plan))
    await until(lambda: ws.reporter is not None)
    assert ws.cancel()
    with pytest.raises(WorkerFailed) as caught:
        await running
    assert caught.value.failed.kind == "cancelled"
    assert ws.state.run is not None
    assert ws.state.run.phase == "cancelled"
    assert position(sql) == [CURRENT]
    assert f"the database stands at {CURRENT}" in output(ws)


async def test_a_task_that_is_cancelled_ends_the_run(
    ws: Workspace, sql: Sql, versions: Path
) -> None:
    write_revision(versions, down=CURRENT, upgrade=SLEEP)
    plan = await apply.plan(ws, "upgrade", "0a0a0a0a0a0a")
    running = asyncio.create_task(apply.run(ws, plan))
    await until(lambda: sleeping(sql))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not ws.state.running
    await until(lambda: not sleeping(sql))
    assert position(sql) == [CURRENT]


async def test_two_runs_on_one_database_are_kept_apart(
    open_workspace: Open, sample: SampleProject, sql: Sql, versions: Path
) -> None:
    write_revision(versions, down=CURRENT, upgrade=SLEEP)
    first, second = open_workspace(sample.backend), open_workspace(sample.backend)
    plan = await apply.plan(second, "upgrade", MIDDLE)
    slow = await apply.plan(first, "upgrade", "0a0a0a0a0a0a")
    running = asyncio.create_task(apply.run(first, slow))
    await until(lambda: sleeping(sql))
    error = await refused(second, plan, sql)
    assert error.failed.kind == "locked"
    assert "Another run holds this database" in error.failed.message
    first.cancel()
    with pytest.raises(WorkerFailed):
        await running
    assert position(sql) == [CURRENT]


async def test_a_worker_that_dies_is_told_with_the_position_read_again(
    ws: Workspace, sql: Sql, versions: Path
) -> None:
    write_revision(versions, down=CURRENT, upgrade="import os\nos._exit(7)")
    error = await refused(ws, await apply.plan(ws, "upgrade", "0a0a0a0a0a0a"), sql)
    assert error.failed.kind == "crash"
    assert error.failed.current is None
    assert f"the database stands at {CURRENT}" in output(ws)
    assert "may still be busy" in output(ws)
    assert position(sql) == [CURRENT]


async def test_a_run_without_an_interpreter_does_not_stay_under_way(
    open_workspace: Open, sample: SampleProject, ws: Workspace
) -> None:
    plan = await apply.plan(ws, "upgrade", "head")
    none = open_workspace(
        sample.backend, interpreter=None, interpreter_problem="No Python.", python="/no/python"
    )
    with pytest.raises(OpsmigError, match="/no/python"):
        await apply.run(none, plan)
    assert none.state.run is not None
    assert none.state.run.phase == "failed"
    assert "/no/python" in output(none)


async def test_a_listener_that_fails_does_not_reach_the_run(ws: Workspace, sql: Sql) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a pane has a defect")

    ws.subscribe(broken)
    await apply.run(ws, await apply.plan(ws, "upgrade", MIDDLE))
    assert position(sql) == [MIDDLE]
    (told,) = [line.text for line in ws.output.lines if "stumbled" in line.text]
    assert "RuntimeError" in told
    log = Path(told.split("details are in ")[1])
    assert "a pane has a defect" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("direction", ["upgrade", "downgrade"])
async def test_read_only_and_untrusted_are_refused(
    open_workspace: Open, sample: SampleProject, direction: apply.Direction
) -> None:
    with pytest.raises(OpsmigError, match="Read-only"):
        await apply.plan(open_workspace(sample.backend, read_only=True), direction, "head")
    with pytest.raises(OpsmigError, match="not trusted"):
        await apply.plan(open_workspace(sample.backend, trusted=False), direction, "head")

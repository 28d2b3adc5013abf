"""Runs: what is told on the way, and what is kept of them."""

from typing import Any

import pytest

from opsmig_tui.demo import BEFORE_PENDING, SampleProject
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.worker.conftest import HEAD, VERSION, Start, Told, add_revision, run_of, upgrade


async def test_an_upgrade_is_told_step_by_step_and_read_back(start: Start, sql: Any) -> None:
    told = Told()
    result = await upgrade(start(runner=True), told=told)
    assert result.applied == result.committed == ("b8c9d0a41e6f", HEAD)
    assert result.current == (HEAD,)
    assert sql(VERSION) == [(HEAD,)]
    steps = told.of(protocol.StepStart)
    assert [(s.number, s.total, s.revision) for s in steps] == [
        (1, 2, "b8c9d0a41e6f"),
        (2, 2, HEAD),
    ]
    assert [step.number for step in told.of(protocol.StepEnd)] == [1, 2]
    starts, ends = told.of(protocol.SqlStart), told.of(protocol.SqlEnd)
    assert [s.number for s in starts] == [e.number for e in ends]
    assert any("currency" in s.sql and s.file and s.line for s in starts)
    assert any("backfilled 1600 agreements" in line.text for line in told.of(protocol.Output))
    assert any("skipping" in notice.text for notice in told.of(protocol.Notice))
    assert any("Running upgrade" in log.text for log in told.of(protocol.Log))
    assert ("b8c9d0a41e6f",) in [commit.revisions for commit in told.of(protocol.Commit)]
    assert not told.of(protocol.Rollback)


async def test_a_downgrade_goes_back(start: Start, sql: Any) -> None:
    client = start(runner=True)
    result = await upgrade(client, "downgrade", "-1")
    assert result.current == ("c80b4f1e97d5",)
    assert sql(VERSION) == [("c80b4f1e97d5",)]
    result = await upgrade(client, "upgrade", "+1")
    assert result.current == (BEFORE_PENDING,)


async def test_to_base_and_up_again(start: Start, sql: Any) -> None:
    client = start(runner=True)
    result = await upgrade(client, "downgrade", "base")
    assert result.current == ()
    assert sql(VERSION) == []
    assert (await upgrade(client)).current == (HEAD,)


async def test_an_empty_database_gets_its_version_table(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    sql("DROP SCHEMA ops CASCADE; DROP TABLE public.alembic_version")
    result = await upgrade(start(runner=True))
    assert len(result.applied) == 20
    assert sql(VERSION) == [(HEAD,)]


async def test_transaction_per_migration_keeps_each_step(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    env = sample.backend / "alembic" / "env.py"
    env.write_text(
        env.read_text().replace(
            '"compare_type": True,', '"compare_type": True,\n    "transaction_per_migration": True,'
        )
    )
    client = start(runner=True)
    await upgrade(client)
    add_revision(sample, "op.execute('CREATE TABLE ops.one (id integer)')", rev="0a0a0a0a0a0a")
    add_revision(sample, "op.execute('SELECT 1/0')", rev="0b0b0b0b0b0b")
    plan = await client.request(protocol.Plan("upgrade", "head"))
    assert plan.transaction_per_migration
    assert all(step.commits for step in plan.steps)
    with pytest.raises(WorkerFailed) as caught:
        await client.request(run_of(plan))
    assert caught.value.failed.committed == ("0a0a0a0a0a0a",)
    assert caught.value.failed.rolled_back == ("0b0b0b0b0b0b",)
    assert sql(VERSION) == [("0a0a0a0a0a0a",)]


async def test_the_session_is_named_for_those_who_look_at_the_server(
    start: Start, sample: SampleProject
) -> None:
    client = start(runner=True)
    await upgrade(client)
    add_revision(
        sample,
        """
        name = op.get_bind().execute(sa.text("SHOW application_name")).scalar()
        print("I am", name)
        """,
    )
    told = Told()
    await upgrade(client, told=told)
    assert "I am opsmig" in [line.text for line in told.of(protocol.Output)]


async def test_a_session_in_autocommit_is_announced(start: Start, sample: SampleProject) -> None:
    env = sample.backend / "alembic" / "env.py"
    engine = "poolclass=pool.NullPool,"
    env.write_text(env.read_text().replace(engine, engine + ' isolation_level="AUTOCOMMIT",'))
    plan = await start().request(protocol.Plan("upgrade", "head"))
    assert "autocommit" in plan.steps[0].commits

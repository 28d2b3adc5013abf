"""Runs that are refused: not what was confirmed, or not alone."""

import dataclasses
from typing import Any

import pytest

from opsmig_tui.demo import BEFORE_PENDING, SampleProject
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from opsmig_tui.worker.guard import lock_key
from tests.support.postgres import connect
from tests.worker.conftest import HEAD, VERSION, Start, Told, add_revision, run_of, upgrade


@pytest.mark.parametrize(
    ("field", "value"),
    [("database", "other"), ("user", "somebody"), ("system_identifier", "1"), ("host", "/there")],
)
async def test_another_database_than_the_confirmed_one_is_refused(
    start: Start, sql: Any, field: str, value: str
) -> None:
    client = start(runner=True)
    run = run_of(await client.request(protocol.Plan("upgrade", "head")))
    database = run.expected[0]
    wrong = dataclasses.replace(
        database, identity=dataclasses.replace(database.identity, **{field: value})
    )
    told = Told()
    with pytest.raises(WorkerFailed) as caught:
        await client.request(dataclasses.replace(run, expected=(wrong,)), told)
    assert caught.value.failed.kind == "identity"
    assert caught.value.failed.message.endswith("Nothing was changed.")
    assert not told.of(protocol.StepStart)
    assert not told.of(protocol.SqlStart)
    assert sql(VERSION) == [(BEFORE_PENDING,)]


async def test_a_database_that_moved_since_it_was_confirmed_is_refused(
    start: Start, sql: Any
) -> None:
    client = start(runner=True)
    run = run_of(await client.request(protocol.Plan("upgrade", "head")))
    sql("UPDATE public.alembic_version SET version_num = 'c80b4f1e97d5'")
    with pytest.raises(WorkerFailed) as caught:
        await client.request(run)
    assert caught.value.failed.kind == "identity"
    assert "moved" in caught.value.failed.message


async def test_a_plan_that_changed_is_refused(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    run = run_of(await client.request(protocol.Plan("upgrade", "head")))
    add_revision(sample, "pass")
    with pytest.raises(WorkerFailed) as caught:
        await client.request(run)
    assert caught.value.failed.kind == "identity"
    assert "The plan changed" in caught.value.failed.message
    assert sql(VERSION) == [(BEFORE_PENDING,)]


async def test_a_file_that_changed_since_the_plan_runs_nothing(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    path = add_revision(sample, "pass")
    run = run_of(await client.request(protocol.Plan("upgrade", "head")))
    path.write_text(path.read_text().replace("pass", "op.drop_table('vendor', schema='ops')"))
    with pytest.raises(WorkerFailed) as caught:
        await client.request(run)
    assert caught.value.failed.kind == "identity"
    assert f"{path.name} has changed since it was confirmed" in caught.value.failed.message
    assert sql(VERSION) == [(BEFORE_PENDING,)]
    again = run_of(await client.request(protocol.Plan("upgrade", "head")))
    assert again.digests != run.digests


async def test_two_runs_are_kept_apart(start: Start, sample: SampleProject, sql: Any) -> None:
    client = start(runner=True)
    with connect(sample) as other:
        other.execute("SET application_name = 'another run'")
        other.execute("SELECT pg_advisory_lock(%s::bigint)", (lock_key(None, "alembic_version"),))
        with pytest.raises(WorkerFailed) as caught:
            await upgrade(client)
    failed = caught.value.failed
    assert failed.kind == "locked"
    assert "another run" in failed.message
    assert "user ops" in failed.message
    assert sql(VERSION) == [(BEFORE_PENDING,)]
    assert (await upgrade(client)).current == (HEAD,)


async def test_the_lock_goes_with_the_run(start: Start, sql: Any) -> None:
    await upgrade(start(runner=True))
    assert sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


CREATOR = """
    made = []

    def creator():
        import psycopg

        url = settings.database_url().replace("+psycopg", "")
        made.append(psycopg.connect(url))
        if len(made) == 2:
            {second}
        return made[{which}]

    engine = create_engine("postgresql+psycopg://", creator=creator, poolclass=pool.NullPool)
    with engine"""


def with_creator(sample: SampleProject, second: str = "pass", which: str = "-1") -> None:
    """Have env.py make its connections itself; `second` runs when it makes the second."""
    env = sample.backend / "alembic" / "env.py"
    code = CREATOR.format(second=second, which=which)
    env.write_text(env.read_text().replace("\n    with engine", code))


async def test_connections_that_the_project_makes_itself(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    with_creator(sample)
    assert (await upgrade(start(runner=True))).current == (HEAD,)
    assert sql(VERSION) == [(HEAD,)]


async def test_one_connection_for_both_is_refused(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    with_creator(sample, which="0")
    with pytest.raises(WorkerFailed) as caught:
        await upgrade(start(runner=True))
    assert caught.value.failed.kind == "connection"
    assert caught.value.failed.message.endswith("Nothing was changed.")
    assert sql(VERSION) == [(BEFORE_PENDING,)]


async def test_a_run_that_ended_just_before_the_lock_is_noticed(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    run = run_of(await client.request(protocol.Plan("upgrade", "head")))
    update = "UPDATE public.alembic_version SET version_num = 'c80b4f1e97d5'"
    with_creator(sample, f"psycopg.connect(url, autocommit=True).execute({update!r})")
    with pytest.raises(WorkerFailed) as caught:
        await client.request(run)
    assert caught.value.failed.kind == "identity"
    assert "moved" in caught.value.failed.message
    assert sql(VERSION) == [("c80b4f1e97d5",)]


async def test_the_lock_holds_behind_a_pooler_too(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    """One that hands sessions on after each transaction: the lock's must not end, and must hold
    no snapshot that CREATE INDEX CONCURRENTLY would wait for."""
    client = start(runner=True)
    await upgrade(client)
    add_revision(
        sample,
        """
        holders = "SELECT state, backend_xmin FROM pg_stat_activity JOIN pg_locks l USING (pid)"
        holders += " WHERE l.locktype = 'advisory'"
        print("holders:", op.get_bind().execute(sa.text(holders)).all())
        """,
    )
    told = Told()
    await upgrade(client, told=told)
    holders = "holders: [('idle in transaction', None)]"
    assert holders in [line.text for line in told.of(protocol.Output)]


async def test_a_lock_that_may_not_be_had(
    start: Start, sample: SampleProject, postgres: Any, sql: Any
) -> None:
    revoke = "REVOKE EXECUTE ON FUNCTION pg_try_advisory_xact_lock(bigint) FROM PUBLIC"
    with postgres.connect(sample.database) as connection:
        connection.execute(revoke)
    with pytest.raises(WorkerFailed) as caught:
        await upgrade(start(runner=True))
    assert "permission denied for function" in caught.value.failed.message
    assert caught.value.failed.message.endswith("Nothing was changed.")
    assert sql(VERSION) == [(BEFORE_PENDING,)]

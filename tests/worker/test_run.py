"""Runs: what is told on the way, what is refused, what stays after a failure."""

import dataclasses
from typing import Any

import pytest

from opsmig_tui.demo import BEFORE_PENDING, SampleProject
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from opsmig_tui.worker.guard import lock_key
from tests.support.postgres import connect
from tests.worker.conftest import HEAD, Start, Told, add_revision, line_of, run_of, upgrade

VERSION = "SELECT version_num FROM public.alembic_version"


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


async def test_a_failure_shows_statement_line_and_the_databases_words(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    await upgrade(client)
    path = add_revision(
        sample,
        """
        op.execute("CREATE TABLE ops.first (id integer)")
        op.execute("ALTER TABLE ops.vendor ADD CONSTRAINT few CHECK (id < 0)")
        """,
    )
    told = Told()
    with pytest.raises(WorkerFailed) as caught:
        await upgrade(client, told=told)
    failed = caught.value.failed
    assert failed.kind == "database"
    assert failed.message == 'check constraint "few" of relation "vendor" is violated by some row'
    assert failed.sqlstate == "23514"
    assert failed.statement == "ALTER TABLE ops.vendor ADD CONSTRAINT few CHECK (id < 0)"
    assert (failed.file, failed.line) == (str(path.resolve()), line_of(path, "id < 0"))
    assert failed.committed == ()
    assert failed.rolled_back == ("0a0a0a0a0a0a",)
    assert failed.current == (HEAD,)
    assert told.of(protocol.Rollback)
    assert sql("SELECT to_regclass('ops.first')") == [(None,)]


async def test_a_failure_carries_detail_and_hint(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    await upgrade(client)
    add_revision(
        sample,
        """
        op.execute('''DO $$ BEGIN
            RAISE EXCEPTION 'no' USING DETAIL = 'because', HINT = 'try harder';
        END $$''')
        """,
    )
    with pytest.raises(WorkerFailed) as caught:
        await upgrade(client)
    failed = caught.value.failed
    assert (failed.message, failed.detail, failed.hint) == ("no", "because", "try harder")


async def test_values_bound_to_a_statement_are_not_told(
    start: Start, sample: SampleProject
) -> None:
    client = start(runner=True)
    await upgrade(client)
    add_revision(
        sample,
        """
        insert = sa.text("INSERT INTO ops.nowhere VALUES (:v)")
        op.get_bind().execute(insert, {"v": "live" + "value"})
        """,
    )
    told = Told()
    with pytest.raises(WorkerFailed) as caught:
        await upgrade(client, told=told)
    told(caught.value.failed)
    assert "livevalue" not in told.text()


async def test_what_was_committed_before_a_failure_stays_and_is_said(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    await upgrade(client)
    add_revision(sample, "op.execute('CREATE TABLE ops.kept (id integer)')", rev="0a0a0a0a0a0a")
    add_revision(
        sample,
        """
        with op.get_context().autocommit_block():
            op.execute("CREATE INDEX CONCURRENTLY ix_kept ON ops.kept (id)")
        op.execute("SELECT 1/0")
        """,
        rev="0b0b0b0b0b0b",
    )
    with pytest.raises(WorkerFailed) as caught:
        await upgrade(client)
    failed = caught.value.failed
    assert failed.committed == ("0a0a0a0a0a0a",)
    assert failed.rolled_back == ("0b0b0b0b0b0b",)
    assert failed.current == ("0a0a0a0a0a0a",)
    assert sql(VERSION) == [("0a0a0a0a0a0a",)]


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


async def test_a_commit_that_fails_is_not_told_as_one(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    await upgrade(client)
    add_revision(
        sample,
        """
        op.execute("CREATE TABLE ops.one (id integer PRIMARY KEY)")
        op.execute(
            "CREATE TABLE ops.two (id integer REFERENCES ops.one DEFERRABLE INITIALLY DEFERRED)"
        )
        op.execute("INSERT INTO ops.two VALUES (5)")
        """,
    )
    told = Told()
    with pytest.raises(WorkerFailed) as caught:
        await upgrade(client, told=told)
    failed = caught.value.failed
    assert (failed.kind, failed.sqlstate) == ("database", "23503")
    assert failed.file == str((sample.backend / "alembic" / "env.py").resolve())
    assert (failed.committed, failed.rolled_back) == ((), ("0a0a0a0a0a0a",))
    assert not told.of(protocol.Commit)
    assert told.of(protocol.Rollback)


async def test_nothing_is_told_of_the_look_at_where_a_failure_left_the_database(
    start: Start, sample: SampleProject
) -> None:
    client = start(runner=True)
    await upgrade(client)
    add_revision(sample, "op.execute('SELECT 1/0')")
    told = Told()
    with pytest.raises(WorkerFailed):
        await upgrade(client, told=told)
    assert not told.of(protocol.Commit)
    assert [start.sql for start in told.of(protocol.SqlStart)] == ["SELECT 1/0"]


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


async def test_a_session_in_autocommit_is_announced(start: Start, sample: SampleProject) -> None:
    env = sample.backend / "alembic" / "env.py"
    engine = "poolclass=pool.NullPool,"
    env.write_text(env.read_text().replace(engine, engine + ' isolation_level="AUTOCOMMIT",'))
    plan = await start().request(protocol.Plan("upgrade", "head"))
    assert "autocommit" in plan.steps[0].commits

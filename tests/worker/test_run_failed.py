"""Runs that fail: what is said of the cause, and what stays."""

from typing import Any

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.worker.conftest import HEAD, VERSION, Start, Told, add_revision, line_of, upgrade


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


async def test_a_driver_that_crashes_is_told_with_the_line_it_stood_at(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    await upgrade(client)
    path = add_revision(
        sample,
        """
        import os, signal
        crash = lambda *_: os.kill(os.getpid(), signal.SIGSEGV)
        sa.event.listen(sa.engine.Engine, "do_execute", crash)
        op.execute("SELECT 'never sent'")
        """,
    )
    with pytest.raises(WorkerFailed) as caught:
        await upgrade(client)
    failed = caught.value.failed
    assert (failed.kind, failed.message) == (
        "crash",
        "The worker ended unexpectedly: killed by SIGSEGV.",
    )
    line = line_of(path, "never sent")
    assert f'File "{path.resolve()}", line {line} in upgrade' in failed.detail


async def test_what_the_server_committed_by_itself_is_told_where_the_worker_dies(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    await upgrade(client)
    add_revision(
        sample,
        """
        import os
        with op.get_context().autocommit_block():
            op.execute("CREATE TABLE ops.stays (a int)")
            os._exit(3)
        """,
    )
    told = Told()
    with pytest.raises(WorkerFailed):
        await upgrade(client, told=told)
    assert sql("SELECT to_regclass('ops.stays')::text") != [(None,)]
    (begun,) = (one for one in told.of(protocol.SqlStart) if "ops.stays" in one.sql)
    assert begun.number in [one.number for one in told.of(protocol.SqlEnd)]

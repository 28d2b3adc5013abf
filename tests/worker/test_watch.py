"""A run that waits for a lock: who holds it is told, and can be ended."""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker import protocol
from opsmig_tui.worker.channel import Channel
from opsmig_tui.worker.protocol import StopSession
from opsmig_tui.worker.redact import Redactor
from opsmig_tui.worker.stays import Stays
from opsmig_tui.worker.watch import Watcher
from tests.worker.watched import TABLES, Live, Meanwhile, Watched, texts

ADD = "ALTER TABLE vendor ADD COLUMN extra int; ALTER TABLE vendor DROP COLUMN extra"
DATABASE = "watched"

Connect = Callable[..., psycopg.Connection[Any]]


@pytest.fixture(scope="module")
def connect(postgres: embedded.Server, role_password: str) -> Connect:
    """Sessions of the application's role, in autocommit."""
    embedded.create_database(postgres, DATABASE)
    libpq = postgres.url(DATABASE, role_password).replace("+psycopg:", ":", 1)

    def make(**options: Any) -> psycopg.Connection[Any]:
        return psycopg.connect(libpq, autocommit=True, **options)

    with make() as first:
        first.execute(TABLES.encode())
    return make


@pytest.fixture(scope="module")
def watched(
    connect: Connect,
    postgres: embedded.Server,
    role_password: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    made = Watched(
        tmp_path_factory.mktemp("watched") / "project", postgres.url(DATABASE, role_password)
    )
    yield made
    made.stop()


@contextmanager
def idle(connect: Connect, statement: str = "SELECT * FROM vendor") -> Iterator[Any]:
    """A session that left its transaction open after `statement`."""
    with connect(application_name="psql") as other:
        other.execute(b"BEGIN")
        other.execute(statement.encode())
        yield other


def stopping(seen: Callable[[protocol.Waiting], object], **how: Any) -> tuple[Meanwhile, list[Any]]:
    """Ends the first holder once `seen`: (what to do meanwhile, where the answer comes)."""
    answers: list[Any] = []

    async def go(told: Live, client: WorkerClient) -> None:
        (holder, *_) = (await told.wait_seen(seen)).holders
        request = {"pid": holder.pid, "began": holder.began, **how}
        answers.append(await client.request(StopSession(**request)))

    return go, answers


def test_an_idle_transaction_is_named_within_half_a_second_and_ended(
    watched: Watched, connect: Connect
) -> None:
    with idle(connect) as other:
        pid = other.info.backend_pid
        go, answers = stopping(lambda one: one.holders, terminate=True)
        told, failed = watched.migrate(ADD, go)
        with pytest.raises(psycopg.OperationalError):
            other.execute(b"SELECT 1")
    assert failed is None
    first = told.of(protocol.Waiting)[0]
    assert (first.target, first.lock, first.relation) == (
        "relation", "AccessExclusiveLock", "public.vendor",
    )  # fmt: skip
    (holder,) = first.holders
    assert (holder.pid, holder.application, holder.user) == (pid, "psql", "ops")
    assert (holder.state, holder.modes) == ("idle in transaction", ("AccessShareLock",))
    assert holder.query == "SELECT * FROM vendor"
    assert holder.transaction_ms is not None
    assert holder.transaction_ms >= (holder.state_ms or 0) > 0
    (began,) = [one for one in told.of(protocol.SqlStart) if "ADD COLUMN" in one.sql]
    assert told.when(first) - told.when(began) < 0.5
    assert answers == [protocol.StopResult("released")]
    assert len(told.of(protocol.WaitEnd)) == 1


def test_to_cancel_what_is_idle_changes_nothing_and_that_is_said(
    watched: Watched, connect: Connect
) -> None:
    with idle(connect) as other:
        go, answers = stopping(lambda one: one.holders)

        async def then_let_go(told: Live, client: WorkerClient) -> None:
            await go(told, client)
            other.execute(b"COMMIT")

        _, failed = watched.migrate(ADD, then_let_go)
    assert failed is None
    assert answers == [protocol.StopResult("still")]


@contextmanager
def busy(connect: Connect, statement: str) -> Iterator[int]:
    """A session in the middle of `statement`: its pid. What becomes of it does not matter."""

    def run() -> None:
        with suppress(psycopg.Error):
            other.execute(statement.encode())

    with connect() as other, connect() as look:
        pid = other.info.backend_pid
        thread = threading.Thread(target=run)
        thread.start()
        state = b"SELECT state = 'active' AND query = %s FROM pg_stat_activity WHERE pid = %s"
        end = time.monotonic() + 30
        while look.execute(state, (statement, pid)).fetchone() != (True,):
            assert time.monotonic() < end
            time.sleep(0.01)
        try:
            yield pid
        finally:
            look.execute(b"SELECT pg_terminate_backend(%s)", (pid,))
            thread.join()


def test_a_running_statement_is_cancelled_and_lets_go(watched: Watched, connect: Connect) -> None:
    with busy(connect, "SELECT pg_sleep(60) FROM vendor") as pid:
        go, answers = stopping(lambda one: [h.state for h in one.holders] == ["active"])
        told, failed = watched.migrate(ADD, go)
    assert failed is None
    assert told.of(protocol.Waiting)[0].holders[0].pid == pid
    assert answers == [protocol.StopResult("released")]


def test_who_queues_is_counted_and_who_waits_too_is_no_holder(
    watched: Watched, connect: Connect
) -> None:
    with (
        idle(connect) as other,
        busy(connect, "BEGIN; LOCK vendor IN ACCESS EXCLUSIVE MODE") as ahead,
    ):

        async def go(told: Live, client: WorkerClient) -> None:
            await told.wait_seen()
            with busy(connect, "SELECT 1 FROM vendor"), busy(connect, "SELECT 2 FROM vendor"):
                await told.wait_seen(lambda one: one.queue == 2)
            other.execute(b"SELECT pg_terminate_backend(%s)", (ahead,))
            other.execute(b"COMMIT")

        told, failed = watched.migrate(ADD, go)
        pid = other.info.backend_pid
    assert failed is None
    assert {
        (one.pid, one.modes, one.waits_for) for one in told.of(protocol.Waiting)[0].holders
    } == {
        (pid, ("AccessShareLock",), ()),
        (ahead, (), (pid,)),
    }


def test_a_row_that_is_locked_names_its_table(watched: Watched, connect: Connect) -> None:
    with idle(connect, "UPDATE vendor SET name = 'y'") as other:

        async def go(told: Live, client: WorkerClient) -> None:
            await told.wait_seen()
            other.execute(b"ROLLBACK")

        told, failed = watched.migrate("UPDATE vendor SET name = name", go)
    assert failed is None
    waiting = told.of(protocol.Waiting)[0]
    assert (waiting.target, waiting.relation) == ("transactionid", "public.vendor")
    assert waiting.holders[0].modes == ("ExclusiveLock",)


def test_what_may_not_be_seen_or_ended_is_said_so(
    watched: Watched, postgres: embedded.Server
) -> None:
    with postgres.connect(DATABASE) as other:
        other.execute(b"BEGIN")
        other.execute(b"SELECT 'hidden' FROM vendor")
        go, answers = stopping(lambda one: one.holders, terminate=True)

        async def then_let_go(told: Live, client: WorkerClient) -> None:
            await go(told, client)
            other.execute(b"COMMIT")

        told, failed = watched.migrate(ADD, then_let_go)
    assert failed is None
    holder = told.of(protocol.Waiting)[0].holders[0]
    assert (holder.user, holder.state, holder.query) == ("postgres", "", "")
    assert answers[0].outcome == "refused"
    assert "SUPERUSER" in answers[0].problem
    assert "hidden" not in told.text()


def test_a_session_that_stands_in_nobodys_way_is_left_alone(
    watched: Watched, connect: Connect
) -> None:
    with idle(connect) as other, connect() as bystander:
        answers: list[Any] = []

        async def go(told: Live, client: WorkerClient) -> None:
            holder = (await told.wait_seen(lambda one: one.holders)).holders[0]
            for pid, began in (
                (bystander.info.backend_pid, holder.began),
                (holder.pid, "2001-01-01 00:00:00+00"),
                (holder.pid, "' OR '1' = '1"),
            ):
                answers.append(await client.request(StopSession(pid, began, terminate=True)))
            other.execute(b"COMMIT")

        _, failed = watched.migrate(ADD, go)
        assert failed is None
        assert [one.outcome for one in answers] == ["gone", "gone", "refused"]
        for session in (other, bystander):
            assert session.execute(b"SELECT 1").fetchone() == (1,)


def test_a_password_in_a_holders_query_is_masked(watched: Watched, connect: Connect) -> None:
    with idle(connect) as other:
        other.execute(b"SELECT 1 FROM vendor -- CREATE ROLE x PASSWORD 's3cr3t-word'")

        async def go(told: Live, client: WorkerClient) -> None:
            await told.wait_seen(lambda one: one.holders)
            other.execute(b"COMMIT")

        told, failed = watched.migrate(ADD, go)
    assert failed is None
    assert "CREATE ROLE x" in told.text()
    assert "s3cr3t" not in told.text()


def test_a_run_that_cannot_be_watched_is_run(watched: Watched, postgres: embedded.Server) -> None:
    """The server has room for the migration and its guard only."""
    with postgres.connect() as superuser:
        others = b"SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        end = time.monotonic() + 30
        while superuser.execute(others, (DATABASE,)).fetchone() != (0,):
            assert time.monotonic() < end
            time.sleep(0.01)
        superuser.execute(f"ALTER DATABASE {DATABASE} CONNECTION LIMIT 2".encode())
        try:
            told, failed = watched.migrate(ADD)
        finally:
            superuser.execute(f"ALTER DATABASE {DATABASE} CONNECTION LIMIT -1".encode())
    assert failed is None
    assert "are not going to be explained" in texts(told.of(protocol.Log))


def test_the_watching_session_goes_with_the_run(watched: Watched, connect: Connect) -> None:
    watched.migrate(ADD)
    with connect() as look:
        query = b"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'opsmig'"
        assert look.execute(query).fetchone() == (0,)


def test_a_prepared_transaction_is_told_by_its_name(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs a server that allows them: one of its own."""
    settings = embedded.SETTINGS + "max_prepared_transactions = 2\n"
    monkeypatch.setattr(embedded, "SETTINGS", settings)
    home = Path(tempfile.mkdtemp(prefix="opsmig-prepared-"))
    try:
        with embedded.running(home / "postgres") as server:
            password = embedded.create_role(server)
            embedded.create_database(server, DATABASE)
            url = server.url(DATABASE, password)
            libpq = url.replace("+psycopg:", ":", 1)
            with psycopg.connect(libpq, autocommit=True) as other:
                other.execute(TABLES.encode())
                for statement in ("BEGIN", "SELECT FROM vendor", "PREPARE TRANSACTION 'it''s'"):
                    other.execute(statement.encode())

                async def go(told: Live, client: WorkerClient) -> None:
                    await told.wait_seen(lambda one: one.holders)
                    other.execute(b"ROLLBACK PREPARED 'it''s'")

                alone = Watched(tmp_path_factory.mktemp("prepared") / "project", url)
                try:
                    told, failed = alone.migrate(ADD, go)
                finally:
                    alone.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert failed is None
    (holder,) = told.of(protocol.Waiting)[0].holders
    assert (holder.pid, holder.gid, holder.user) == (0, "it's", "ops")
    assert holder.modes == ("AccessShareLock",)


def test_without_a_run_nobody_stands_in_the_way() -> None:
    read, write = os.pipe()
    Watcher(Channel(write, Redactor())).stop(7, StopSession(1, ""))
    number, event = protocol.decode_event(os.read(read, 4096))
    assert number == 7
    assert protocol.from_dict(protocol.StopResult, event.result).outcome == "gone"


SLOW = """
CREATE FUNCTION slow(id int) RETURNS int IMMUTABLE LANGUAGE plpgsql
  AS 'BEGIN PERFORM pg_sleep(0.05); RETURN id; END';
CREATE TABLE wide (id int, filler char(5000));
ALTER TABLE wide ALTER filler SET STORAGE PLAIN;
INSERT INTO wide SELECT n, '' FROM generate_series(1, 40) AS n;
"""


def test_how_far_an_index_is(watched: Watched, connect: Connect) -> None:
    with connect() as first:
        first.execute(SLOW.encode())
    told, failed = watched.migrate("CREATE INDEX slowly ON wide (slow(id)); DROP INDEX slowly")
    assert failed is None
    progress = [one for one in told.of(protocol.Progress) if one.command]
    assert progress
    assert (progress[0].command, progress[0].relation) == ("CREATE INDEX", "public.wide")
    assert progress[0].phase.startswith("building index")
    assert (progress[0].total, progress[0].unit) == (40, "blocks")
    assert 0 < progress[0].done < 40
    assert progress[0].elapsed_ms >= 1000


def test_who_waits_for_a_long_statement_is_counted(watched: Watched, connect: Connect) -> None:
    async def go(told: Live, client: WorkerClient) -> None:
        await told.until(lambda one: isinstance(one, protocol.SqlStart) and "sleep" in one.sql)
        with busy(connect, "SELECT 1 FROM vendor"):
            await told.until(lambda one: isinstance(one, protocol.Progress) and one.queue == 1)

    told, failed = watched.migrate("LOCK vendor; SELECT pg_sleep(1.6)", go)
    assert failed is None
    assert not told.of(protocol.Waiting)


def test_what_an_autocommit_block_leaves_is_listed(watched: Watched, connect: Connect) -> None:
    async def go(told: Live, client: WorkerClient) -> None:
        await told.wait_seen(lambda one: one.target == "virtualxid" and one.holders)
        client.cancel_running()

    try:
        with idle(connect, "UPDATE vendor SET name = name"):
            statements = "CREATE TABLE kept (id int); @CREATE INDEX CONCURRENTLY "
            _, failed = watched.migrate(f"{statements} half ON vendor (name)", go)
        assert failed is not None
        assert (failed.kind, failed.current) == ("cancelled", ())
        assert failed.rolled_back == ("a1",)
        assert failed.kept == ("CREATE TABLE kept (id int)",)
        assert failed.invalid == (("public.half", "public.vendor"),)
        # What was invalid before the run is not its doing.
        _, failed = watched.migrate("CREATE TABLE gone (id int); SELECT 1/0")
        assert failed is not None
        assert (failed.kept, failed.invalid) == ((), ())
    finally:
        with connect() as last:
            last.execute(b"DROP INDEX IF EXISTS half; DROP TABLE IF EXISTS kept")


def test_a_commit_that_fails_keeps_nothing() -> None:
    stays = Stays()
    stays.done("CREATE TABLE alembic_version ()", at_once=True)
    stays.step = "a1"
    stays.done("CREATE TABLE one ()", at_once=False)
    stays.committing()
    stays.rolled_back()
    stays.done("-- why\n SELECT 1", at_once=True)
    stays.done("CREATE   TABLE\n two ()", at_once=False)
    stays.committing()
    stays.done("CREATE TABLE three ()", at_once=False)
    stays.committed()
    stays.step = "b2"
    stays.done("INSERT INTO x VALUES ('" + "y" * 300, at_once=True)
    assert stays.beside(("b2",)) == ("CREATE TABLE two ()",)
    assert [len(text) for text in stays.beside(("a1",))] == [200]

"""What dies in the middle of a run: the worker, its connection, the server. Nothing half done."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from opsmig_tui.demo import BEFORE_PENDING, SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.worker import protocol
from tests.conftest import Sql
from tests.worker.conftest import Start, upgrade
from tests.worker.watched import TABLES, Live, Meanwhile, Watched

DATABASE = "faults"
VERSIONS = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"
TABLE = "CREATE TABLE IF NOT EXISTS gone (id int)"


@pytest.fixture(scope="module")
def libpq(postgres: embedded.Server, role_password: str) -> str:
    embedded.create_database(postgres, DATABASE)
    found = postgres.url(DATABASE, role_password).replace("+psycopg:", ":", 1)
    with psycopg.connect(found, autocommit=True) as first:
        first.execute(f"SET synchronous_commit = on; {TABLES}; {VERSIONS}".encode())
    return found


@pytest.fixture(scope="module")
def watched(
    libpq: str,
    postgres: embedded.Server,
    role_password: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    url = postgres.url(DATABASE, role_password)
    made = Watched(tmp_path_factory.mktemp("faults") / "project", url)
    yield made
    made.stop()


def rows(libpq: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(libpq, autocommit=True) as look:
        return look.execute(query.encode()).fetchall()


def ours_ended(libpq: str) -> None:
    """Wait until the server has noticed that the sessions of the run are gone."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'opsmig'"
    end = time.monotonic() + 30
    while rows(libpq, query) != [(0,)]:
        assert time.monotonic() < end
        time.sleep(0.02)


def once(seen: Callable[[Any], object], do: Callable[[int], None]) -> Meanwhile:
    """`do(pid of the worker)` as soon as an event is `seen`."""

    async def go(told: Live, client: WorkerClient) -> None:
        pid = (await client.start()).pid
        await told.until(seen)
        do(pid)

    return go


def sql_with(text: str) -> Callable[[Any], bool]:
    return lambda one: isinstance(one, protocol.SqlStart) and text in one.sql


def waits(event: Any) -> bool:
    return isinstance(event, protocol.Waiting)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("statements", "seen"),
    [
        (f"{TABLE}; SELECT pg_sleep(0.5)", sql_with("pg_sleep")),
        (f"{TABLE}; LOCK TABLE vendor", waits),
        (f"{TABLE}; @SELECT pg_sleep(0.5)", sql_with("pg_sleep")),
    ],
    ids=["in a statement", "waiting for a lock", "in an autocommit_block"],
)
def test_a_worker_that_is_killed(
    watched: Watched, libpq: str, statements: str, seen: Callable[[Any], object]
) -> None:
    with psycopg.connect(libpq) as other:
        other.execute(b"SELECT 1 FROM vendor")
        _, failed = watched.migrate(statements, once(seen, kill))
    assert failed is not None
    assert failed.kind == "crash"
    ours_ended(libpq)
    kept = "@" in statements  # what the block has committed before it stays, as ever
    assert rows(libpq, "SELECT to_regclass('gone') IS NOT NULL") == [(kept,)]
    assert rows(libpq, "SELECT * FROM alembic_version") == []
    assert watched.migrate("DROP TABLE IF EXISTS gone")[1] is None  # and no lock is left


@pytest.mark.parametrize("each", [False, True], ids=["one transaction", "one for each"])
async def test_a_worker_that_is_killed_between_two_revisions(
    start: Start, sample: SampleProject, sql: Sql, each: bool
) -> None:
    if each:
        env = sample.backend / "alembic" / "env.py"
        option = '"compare_type": True,'
        more = f'{option} "transaction_per_migration": True,'
        env.write_text(env.read_text().replace(option, more))
    told, client = Live(), start(runner=True)
    path = sample.backend / "alembic" / "versions"
    (second,) = path.glob("*a7c3f15d8e92*.py")  # it takes its time, so that the kill comes first
    second.write_text(second.read_text().replace(
        "def upgrade() -> None:", "def upgrade() -> None:\n    import time; time.sleep(60)"
    ))  # fmt: skip
    pid = (await client.start()).pid
    run = asyncio.create_task(upgrade(client, told=told))
    await told.until(lambda one: isinstance(one, protocol.StepStart) and one.number == 2)
    kill(pid)
    with pytest.raises(WorkerFailed) as caught:
        await run
    assert caught.value.failed.kind == "crash"
    others = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    while sql(others, sample.database):
        await asyncio.sleep(0.02)
    kept = "b8c9d0a41e6f" if each else BEFORE_PENDING
    assert sql("SELECT version_num FROM public.alembic_version") == [(kept,)]
    column = (
        "SELECT 1 FROM pg_attribute WHERE attrelid = 'ops.agreement'::regclass AND attname = %s"
    )
    assert bool(sql(column, "currency")) is each


def test_a_connection_that_is_lost(watched: Watched, libpq: str) -> None:
    def cut(_: int) -> None:
        end = time.monotonic() + 30
        query = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^ *SELECT pg_sl'"
        )
        while rows(libpq, query) != [(True,)]:  # it is only on its way to the server
            assert time.monotonic() < end

    _, failed = watched.migrate(f"{TABLE}; SELECT pg_sleep(30)", once(sql_with("pg_sleep"), cut))
    assert failed is not None
    assert "terminating connection" in failed.message
    assert (failed.rolled_back, failed.current) == (("a1",), ())
    assert rows(libpq, "SELECT to_regclass('gone')") == [(None,)]


def test_watching_and_guarding_connections_that_are_lost(watched: Watched, libpq: str) -> None:
    """The run itself goes on: what is watched no longer is said."""

    def cut(_: int) -> None:
        ended = rows(
            libpq,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'opsmig' AND query !~ '^SELECT pg_sl'",
        )
        assert ended == [(True,)] * 2

    told, failed = watched.migrate("SELECT pg_sleep(1)", once(sql_with("pg_sleep"), cut))
    assert failed is None
    assert any("no longer watched" in one.text for one in told.of(protocol.Log))


ENV = """\
from alembic import context
from sqlalchemy import create_engine, text

applied = []
engine = create_engine({url!r})
with engine.connect() as connection:
    context.configure(connection=connection, on_version_apply=lambda **_: applied.append(1))
    with context.begin_transaction():
        context.run_migrations()
        if applied:
            {inside}
    if applied:
        {after}
"""
OTHER = "create_engine(engine.url).connect().execute(text('CREATE TABLE gone (id int)'))"


@pytest.mark.parametrize(
    ("inside", "after", "stays"),
    [
        ("raise SystemExit(3)", "pass", False),
        ("pass", "raise SystemExit(3)", True),
        ("connection.connection.commit(); raise ValueError('committed')", "pass", True),
        # it waits for the first one, which waits for it
        (OTHER, "pass", False),
        ("create_engine(engine.url).connect(); raise ValueError('two')", "pass", False),
    ],
    ids=["exits in the transaction", "exits afterwards", "commits and fails",
         "locks itself out by a second engine", "opens a second engine and fails"],
)  # fmt: skip
def test_env_py_in_the_middle_of_a_run(
    watched: Watched, libpq: str, inside: str, after: str, stays: bool
) -> None:
    """What is told of the end is what the database holds, and the next run finds its way."""

    async def cancel(told: Live, client: WorkerClient) -> None:
        await told.until(lambda one: isinstance(one, protocol.Progress) and one.queue == 1)
        client.cancel_running()

    usual = watched.env.read_text()
    url = usual.partition("create_engine('")[2].partition("'")[0]
    watched.env.write_text(ENV.format(url=url, inside=inside, after=after))
    try:
        _, failed = watched.migrate(
            "CREATE TABLE gone (id int)", cancel if inside == OTHER else None
        )
    finally:
        watched.env.write_text(usual)
    assert failed is not None
    assert failed.current == (("a1",) if stays else ())
    assert (failed.committed, failed.rolled_back) == ((("a1",), ()) if stays else ((), ("a1",)))
    ours_ended(libpq)
    assert rows(libpq, "SELECT version_num FROM alembic_version") == [("a1",)] * stays
    assert rows(libpq, "SELECT to_regclass('gone') IS NOT NULL") == [(stays,)]
    with psycopg.connect(libpq, autocommit=True) as anew:
        anew.execute(b"DELETE FROM alembic_version; DROP TABLE IF EXISTS gone")
    assert watched.migrate("SELECT 1")[1] is None


@contextmanager
def started_again(data: Path) -> Iterator[None]:
    """The server once more, as soon as the processes of the killed one have let go."""
    end = time.monotonic() + 30
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(embedded.running(data))
                break
            except OpsmigError:
                assert time.monotonic() < end
        yield


def killed(data: Path) -> None:
    kill(int((data / "postmaster.pid").read_text().splitlines()[0]))
    (data / "postmaster.pid").unlink()  # nothing is there to be stopped


def test_a_server_that_is_killed(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = Path(tempfile.mkdtemp(prefix="opsmig-faults-"))
    data = home / "postgres"
    try:
        with embedded.running(data) as server:
            password = embedded.create_role(server)
            embedded.create_database(server, DATABASE)
            url = server.url(DATABASE, password)
            libpq = url.replace("+psycopg:", ":", 1)
            with psycopg.connect(libpq, autocommit=True) as first:
                first.execute(f"SET synchronous_commit = on; {TABLES}; {VERSIONS}".encode())
            alone = Watched(tmp_path_factory.mktemp("alone") / "project", url)
            statements = f"{TABLE}; SELECT pg_sleep(30)"
            result = alone.rehearse(statements, once(sql_with("pg_sleep"), lambda _: killed(data)))
        assert [leg.outcome for leg in result.legs] == ["failed"]
        assert (result.current, result.unchanged) == (None, False)  # nobody could be asked
        with started_again(data):
            assert rows(libpq, "SELECT to_regclass('gone')") == [(None,)]
            _, failed = alone.migrate(
                statements, once(sql_with("pg_sleep"), lambda _: killed(data))
            )
        alone.stop()
        assert failed is not None
        assert failed.current is None
        with started_again(data):
            assert rows(libpq, "SELECT to_regclass('gone')") == [(None,)]
            assert rows(libpq, "SELECT * FROM alembic_version") == []
    finally:
        shutil.rmtree(home, ignore_errors=True)

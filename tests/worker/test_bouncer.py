"""Through a real PgBouncer, which gives each transaction another session of the server."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from opsmig_tui.demo import SampleProject, point_to
from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker import protocol
from opsmig_tui.worker.pooled import REHEARSED_PAST_IT
from tests.conftest import Sql
from tests.support.bouncer import bouncing, left_in_sessions
from tests.worker.conftest import HEAD, Start, add_revision, upgrade
from tests.worker.drivers import DRIVERS
from tests.worker.rehearsals import contents, rehearse
from tests.worker.watched import TABLES, Live, Watched, texts

REV = "0a0a0a0a0a0a"
DATABASE = "bounced"
IGNORING = "ignore_startup_parameters = extra_float_digits, options, default_transaction_read_only"
# asyncpg prepares each statement, which a PgBouncer of these versions does not follow.
CASES = [
    *((driver, "") for driver in ("psycopg", "psycopg2", "psycopg, async", "pg8000")),
    ("psycopg", IGNORING),
]


@pytest.fixture
def bouncer(
    request: pytest.FixtureRequest, postgres: embedded.Server, role_password: str
) -> Iterator[embedded.Server]:
    with bouncing(postgres, role_password, getattr(request, "param", "")) as started:
        yield started


def lead_through(
    bouncer: embedded.Server, sample: SampleProject, password: str, driver: str = "psycopg"
) -> None:
    url = bouncer.url(sample.database, password)
    point_to(sample.root, url)
    env = sample.backend / "alembic" / "env.py"
    if driver in DRIVERS:
        env.write_text(DRIVERS[driver].env(url))
    else:  # PgBouncer takes no option of the sample's either
        option = 'connect_args={"options": "-c search_path=public"},'
        env.write_text(env.read_text().replace(option, ""))


@pytest.mark.parametrize(("driver", "bouncer"), CASES, indirect=["bouncer"])
@pytest.mark.usefixtures("at_head")
async def test_a_revision_s_life(
    start: Start,
    sample: SampleProject,
    postgres: embedded.Server,
    role_password: str,
    bouncer: embedded.Server,
    driver: str,
    sql: Sql,
) -> None:
    lead_through(bouncer, sample, role_password, driver)
    # More columns than psycopg asks the same for before it prepares it.
    drops = "\n".join(f"op.drop_column('t', 'c{n}', schema='ops')" for n in range(8))
    columns = ", ".join(f"c{n} int" for n in range(8))
    add_revision(sample, f"op.execute('CREATE TABLE ops.t ({columns})')", drops)
    reader, runner = start(), start(runner=True)
    for _ in range(7):
        status = await reader.request(protocol.Status())
        assert (status.databases[0].current, status.pending) == ((HEAD,), (REV,))
    done = await upgrade(runner)
    assert (done.committed, done.current) == ((REV,), (REV,))
    assert sql("SELECT to_regclass('ops.t') IS NOT NULL") == [(True,)]
    plan = await runner.request(protocol.Plan("downgrade", "-1"))
    assert [loss.rows for loss in plan.steps[0].losses] == [0] * 8
    done = await upgrade(runner, "downgrade", "-1")
    assert (done.committed, done.current) == ((REV,), (HEAD,))
    assert (await reader.request(protocol.Status())).pending == (REV,)
    assert left_in_sessions(bouncer, postgres, sample.database, role_password) == set()


@pytest.mark.parametrize("bouncer", ["", IGNORING], indirect=True)
@pytest.mark.usefixtures("at_head")
async def test_it_is_not_rehearsed(
    start: Start,
    sample: SampleProject,
    postgres: embedded.Server,
    role_password: str,
    bouncer: embedded.Server,
) -> None:
    """Nor are the settings of making a scratch database left to others."""
    add_revision(sample, "op.execute('CREATE TABLE ops.t ()')", "op.execute('DROP TABLE ops.t')")
    before = contents(sample)
    lead_through(bouncer, sample, role_password)
    runner = start(runner=True)
    result = await rehearse(runner)
    assert (result.refused, result.legs) == (REHEARSED_PAST_IT, ())
    database = (await runner.request(protocol.Plan("upgrade", "head"))).databases[0]
    names = ("opsmig_scratch_bounced_base", "opsmig_scratch_bounced_1")
    made = await runner.request(protocol.MakeScratch(database, "a mark", *names))
    assert (made.refused, made.made) == (REHEARSED_PAST_IT, "")
    assert contents(sample) == before
    for name in (sample.database, "postgres"):
        assert left_in_sessions(bouncer, postgres, name, role_password) == set()


@pytest.fixture
def watched(
    request: pytest.FixtureRequest,
    postgres: embedded.Server,
    role_password: str,
    bouncer: embedded.Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    embedded.create_database(postgres, DATABASE)
    url = bouncer.url(DATABASE, role_password)
    made = Watched(tmp_path_factory.mktemp("bounced") / "project", url)
    if request.param in DRIVERS:
        made.env.write_text(DRIVERS[request.param].env(url))
    try:
        yield made
    finally:
        made.stop()
        with postgres.connect() as connection:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)".encode())


@pytest.fixture
def holder(
    watched: Watched, postgres: embedded.Server, role_password: str
) -> Iterator[psycopg.Connection[Any]]:
    """Somebody at the server itself who reads a table, and does not end."""
    url = postgres.url(DATABASE, role_password).replace("+psycopg:", ":", 1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES.encode())
        for statement in ("BEGIN", "SELECT 1 FROM vendor"):
            connection.execute(statement.encode())
        yield connection


FOLLOWED = ("psycopg", "psycopg2", "psycopg, async", "pg8000")


@pytest.mark.parametrize("watched", FOLLOWED, indirect=True)
@pytest.mark.usefixtures("holder")
def test_a_wait_is_explained_and_cancelled(watched: Watched) -> None:
    """In the transaction after another one, and for as long as it lasts."""

    async def go(told: Live, client: WorkerClient) -> None:
        await told.until(lambda one: len(told.of(protocol.Waiting)) > 8)
        client.cancel_running()

    told, failed = watched.migrate("SELECT 1; @SELECT 2; LOCK TABLE vendor", go)
    assert failed is not None
    assert failed.kind == "cancelled"
    for one in told.of(protocol.Waiting):
        assert [(who.query, one.relation) for who in one.holders] == [
            ("SELECT 1 FROM vendor", "public.vendor")
        ]
    assert "no longer watched" not in texts(told.of(protocol.Log))


@pytest.mark.parametrize("watched", ["psycopg", "psycopg2"], indirect=True)
def test_a_wait_outside_of_a_transaction_is_cancelled(
    watched: Watched, holder: psycopg.Connection[Any]
) -> None:
    """In which session it is cannot be known; PgBouncer knows."""
    blocked = b"SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'vendor'::regclass"

    async def go(told: Live, client: WorkerClient) -> None:
        await told.until(lambda one: isinstance(one, protocol.SqlStart) and "ADD" in one.sql)
        while not holder.execute(blocked).fetchall():
            pass
        client.cancel_running()

    told, failed = watched.migrate("@ALTER TABLE vendor ADD extra int", go)
    assert failed is not None
    assert failed.kind == "cancelled"
    assert holder.execute(blocked).fetchall() == []
    assert texts(told.of(protocol.Log)).count("a pooler stands in between") == 1


@pytest.mark.parametrize("watched", ["psycopg", "psycopg, async"], indirect=True)
def test_more_transactions_than_psycopg_asks_the_same_in(
    watched: Watched,
    postgres: embedded.Server,
    role_password: str,
    bouncer: embedded.Server,
) -> None:
    """It prepares what it is asked for the sixth time, and the next session does not have that."""
    each = [f"SELECT {n}; @SELECT {n} + 100" for n in range(12)]
    told, failed = watched.migrate("; ".join(each))
    assert failed is None
    assert "no longer watched" not in texts(told.of(protocol.Log))
    assert left_in_sessions(bouncer, postgres, DATABASE, role_password) == set()

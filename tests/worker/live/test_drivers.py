"""A live run through each driver: its messages, the lock it waits for, and how it is cancelled."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker import protocol
from tests.worker.drivers import DRIVERS, login
from tests.worker.watched import TABLES, Live, Watched

DATABASE = "live_drivers"
VERSIONS = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"
GONE = "CREATE TABLE gone (id int)"
# Statements end at a semicolon here, so the notice is one of the server's own.
SAYS = "DROP TABLE IF EXISTS never_there"


@pytest.fixture(scope="module")
def libpq(postgres: embedded.Server, role_password: str) -> str:
    embedded.create_database(postgres, DATABASE)
    found = postgres.url(DATABASE, role_password).replace("+psycopg:", ":", 1)
    with psycopg.connect(found, autocommit=True) as first:
        first.execute(f"{TABLES}; {VERSIONS}".encode())
    return found


@pytest.fixture(params=DRIVERS)
def watched(
    request: pytest.FixtureRequest,
    libpq: str,
    postgres: embedded.Server,
    role_password: str,
    tmp_path: Path,
) -> Iterator[Watched]:
    url = login(postgres, postgres.url(DATABASE, role_password), role_password)
    made = Watched(tmp_path / "project", url)
    made.env.write_text(DRIVERS[request.param].env(url))
    yield made
    made.stop()


def test_a_wait_is_told_and_cancelled(watched: Watched, libpq: str) -> None:
    async def cancel(told: Live, client: WorkerClient) -> None:
        waiting = await told.wait_seen()
        assert waiting.relation.endswith("vendor")
        client.cancel_running()

    with psycopg.connect(libpq) as other:
        other.execute(b"SELECT 1 FROM vendor")
        told, failed = watched.migrate(f"{GONE}; {SAYS}; LOCK TABLE vendor", cancel)
        assert failed is not None
        assert (failed.kind, failed.current, failed.rolled_back) == ("cancelled", (), ("a1",))
        (row,) = other.execute(b"SELECT to_regclass('gone')").fetchall()
        assert row == (None,)
    assert any("never_there" in one.text for one in told.of(protocol.Notice))
    _, failed = watched.migrate(f"{GONE}; DROP TABLE gone; @SELECT pg_sleep(0)")
    assert failed is None

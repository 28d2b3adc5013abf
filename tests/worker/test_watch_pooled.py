"""Behind a pooler the driver is told a process number that no session of the server has."""

import struct
from collections.abc import Iterator

import psycopg
import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker import protocol
from tests.support.forwarder import forwarded
from tests.worker.watched import TABLES, Live, Watched, texts

DATABASE = "pooled"
KEY = b"K\x00\x00\x00\x0c"
"""The start of BackendKeyData, which tells process and secret."""


def lying(data: bytes) -> bytes:
    """A pooler's key for cancelling is one of its own."""
    before, key, after = data.partition(KEY)
    return before + key + struct.pack("!i", 2_000_000_000) + after[4:] if key else data


@pytest.fixture
def pooler(postgres: embedded.Server) -> Iterator[int]:
    """A port that leads to the server, each session to one of its own."""
    with forwarded(postgres, change=lying) as port:
        yield port


def test_each_transaction_is_followed(
    postgres: embedded.Server,
    role_password: str,
    pooler: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    embedded.create_database(postgres, DATABASE)
    libpq = postgres.url(DATABASE, role_password).replace("+psycopg:", ":", 1)
    url = f"postgresql+psycopg://ops:{role_password}@127.0.0.1:{pooler}/{DATABASE}"
    watched = Watched(tmp_path_factory.mktemp("pooled") / "project", url)
    with psycopg.connect(libpq, autocommit=True) as other:
        other.execute(TABLES.encode())
        for statement in ("BEGIN", "SELECT 1 FROM vendor"):
            other.execute(statement.encode())

        async def go(told: Live, client: WorkerClient) -> None:
            await told.wait_seen(lambda one: one.holders)
            client.cancel_running()

        try:
            told, failed = watched.migrate("@SELECT 1; LOCK TABLE vendor", go)
        finally:
            watched.stop()
    assert failed is not None
    assert failed.kind == "cancelled"
    assert told.of(protocol.Waiting)[0].holders[0].query == "SELECT 1 FROM vendor"
    assert texts(told.of(protocol.Log)).count("a pooler stands in between") == 1

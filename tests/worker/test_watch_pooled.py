"""Behind a pooler the driver is told a process number that no session of the server has."""

import socket
import struct
import threading
from collections.abc import Iterator

import psycopg
import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker import protocol
from tests.worker.watched import TABLES, Live, Watched, texts

DATABASE = "pooled"
KEY = b"K\x00\x00\x00\x0c"
"""The start of BackendKeyData, which tells process and secret."""


def pass_on(source: socket.socket, target: socket.socket, *, lie: bool) -> None:
    try:
        while data := source.recv(65536):
            if lie and KEY in data:
                before, _, after = data.partition(KEY)
                data, lie = before + KEY + struct.pack("!i", 2_000_000_000) + after[4:], False
            target.sendall(data)
    except OSError:
        pass
    for one in (source, target):
        one.close()


@pytest.fixture
def pooler(postgres: embedded.Server) -> Iterator[int]:
    """A port that leads to the server, each session to one of its own."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{postgres.host}/.s.PGSQL.{postgres.port}")
            for source, target, lie in ((client, server, False), (server, client, True)):
                threading.Thread(
                    target=pass_on, args=(source, target), kwargs={"lie": lie}, daemon=True
                ).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


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

"""A connection pooler that, like PgBouncer, refuses options at the start of a session."""

import asyncio
import struct
from collections.abc import AsyncIterator

import pytest

from opsmig_tui.demo import SampleProject, point_to
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.worker.conftest import Start

REFUSAL = b"SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter in options\0\0"


async def forward(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sample: SampleProject
) -> None:
    """Pass a session on to the server unless its startup packet sets a default."""
    packet = await startup(reader, writer)
    if b"default_transaction_read_only" in packet:
        writer.write(b"E" + struct.pack("!i", len(REFUSAL) + 4) + REFUSAL)
        writer.close()
        return
    to_server = await asyncio.open_unix_connection(f"{sample.host}/.s.PGSQL.5432")
    to_server[1].write(packet)
    await asyncio.gather(pipe(reader, to_server[1]), pipe(to_server[0], writer))


async def startup(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """The startup packet; requests for encryption before it are declined."""
    while True:
        head = await reader.readexactly(8)
        length, code = struct.unpack("!ii", head)
        if code not in (80877103, 80877104):
            return head + await reader.readexactly(length - 8)
        writer.write(b"N")


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


@pytest.fixture
async def pooler(sample: SampleProject) -> AsyncIterator[int]:
    server = await asyncio.start_server(lambda r, w: forward(r, w, sample), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_reader_gets_through_and_still_cannot_write(
    start: Start, sample: SampleProject, pooler: int
) -> None:
    login = sample.url.partition("@")[0]
    point_to(sample.root, f"{login}@127.0.0.1:{pooler}/{sample.database}")
    env = sample.backend / "alembic" / "env.py"
    text = env.read_text()
    # PgBouncer would take search_path from the sample's env.py no more than our own option
    env.write_text(text.replace('connect_args={"options": "-c search_path=public"},', ""))
    client = start()
    status = await client.request(protocol.Status())
    assert status.databases[0].identity.database == sample.database
    assert status.databases[0].identity.port == pooler
    before = "        context.configure(conn"
    write = '        connection.exec_driver_sql("CREATE TABLE public.side_effect (id integer)")\n'
    env.write_text(env.read_text().replace(before, write + before))
    with pytest.raises(WorkerFailed) as caught:
        await client.request(protocol.Status())
    assert caught.value.failed.sqlstate == "25006"

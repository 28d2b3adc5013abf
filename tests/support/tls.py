"""TLS in front of the embedded PostgreSQL, which is built without: nobody comes in without it."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from opsmig_tui.demo import server as embedded

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""What a client that asks for TLS begins with (PostgreSQL's documentation, SSLRequest)."""
_CERTIFICATE = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    *("-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem"),
)


@asynccontextmanager
async def tls_front(server: embedded.Server, folder: Path) -> AsyncIterator[tuple[int, list[int]]]:
    """Its port on the loopback interface, and a list: one more for each that came without TLS."""
    subprocess.run(_CERTIFICATE, cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    refused: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(len(SSL_REQUEST)) != SSL_REQUEST:
            refused.append(1)
            writer.close()
            return
        writer.write(b"S")
        await writer.start_tls(context)
        behind = await asyncio.open_unix_connection(f"{server.host}/.s.PGSQL.{server.port}")
        await asyncio.gather(_pass_on(reader, behind[1]), _pass_on(behind[0], writer))

    front = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield front.sockets[0].getsockname()[1], refused
    front.close()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()

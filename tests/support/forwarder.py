"""TCP in front of the embedded server, which listens on a Unix socket only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from opsmig_tui.demo import server as embedded


@contextmanager
def forwarded(
    postgres: embedded.Server,
    address: str = "127.0.0.1",
    change: Callable[[bytes], bytes] = bytes,
    before: Callable[[], object] = bool,
) -> Iterator[int]:
    """A port at `address` that leads to the server; `change` is done to what the server says, and
    `before` is called, in a thread of its own, before a session is led there."""
    listener = socket.create_server((address, 0))

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=lead, args=(client,), daemon=True).start()

    def lead(client: socket.socket) -> None:
        before()
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{postgres.host}/.s.PGSQL.{postgres.port}")
        for way in ((client, server, bytes), (server, client, change)):
            threading.Thread(target=_pass_on, args=way, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def own_address() -> str:
    """An address of this machine that is not loopback, "" where it has none. Sends nothing: a
    datagram socket only looks up the way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        found = str(probe.getsockname()[0])
    return "" if found.startswith("127.") else found


def _pass_on(
    source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]
) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(change(data))
    except OSError:
        pass
    for one in (source, target):
        one.close()

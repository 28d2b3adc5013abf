"""An engine behind ssh, as the docker command reaches it: ``ssh HOST docker system dial-stdio``.

The SDK's own way lets ssh ask for passwords on the terminal that the screen is drawn on. Here each
connection to a socket in a private folder becomes one ssh, which is not allowed to ask anything.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import mask

CONNECT_SECONDS = 10
# Connected, the other side may still say nothing.
LOGIN_SECONDS = 5
_CHUNK = 1 << 16


@contextmanager
def tunnel(host: str) -> Iterator[str]:
    """The address of a Unix socket that leads to the engine at `host` (``ssh://me@there:22``).

    Raises OpsmigError without an ssh program. Why ssh cannot connect tells `last_words`.
    """
    command = ssh_command(host)
    with tempfile.TemporaryDirectory(prefix="opsmig-ssh-") as folder:
        path = str(Path(folder) / "docker.sock")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen()
            threading.Thread(
                target=_accept, args=(server, command), name="opsmig-ssh", daemon=True
            ).start()
            try:
                yield f"unix://{path}"
            finally:
                server.shutdown(socket.SHUT_RDWR)


def ssh_command(host: str) -> list[str]:
    """The command for one connection. Raises OpsmigError without ssh or for no address."""
    try:
        url = urlsplit(host)
        port = ["-p", str(url.port)] if url.port else []
    except ValueError as error:  # a port that is no number
        raise OpsmigError(f"{mask(host)} is no address of an engine: {error}.") from error
    if not url.hostname:
        raise OpsmigError(f"{mask(host)} is no address of an engine: ssh://USER@HOST is.")
    if shutil.which("ssh") is None:
        raise OpsmigError(
            f"The engine at {mask(host)} is reached through ssh, which is not installed."
        )
    user = ["-l", url.username] if url.username else []
    quiet = ["-T", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={CONNECT_SECONDS}"]
    return ["ssh", *quiet, *user, *port, "--", url.hostname, "docker", "system", "dial-stdio"]


def last_words(host: str) -> str:
    """Why ssh cannot connect: its own last line, "" when it can. Takes as long as one connection.

    Raises OpsmigError as `ssh_command` does.
    """
    command = [*ssh_command(host)[:-3], "true"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            start_new_session=True, timeout=CONNECT_SECONDS + LOGIN_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "ssh connects, but does not get through"
    said = done.stderr.strip().splitlines()
    return said[-1] if done.returncode and said else ""


def _accept(server: socket.socket, command: list[str]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:  # the tunnel is closed
            return
        threading.Thread(target=_serve, args=(connection, command), daemon=True).start()


def _serve(connection: socket.socket, command: list[str]) -> None:
    """One connection through one ssh, until either side ends it."""
    with connection, subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        bufsize=0, start_new_session=True,
    ) as process:  # fmt: skip
        upward = threading.Thread(target=_send, args=(connection, process), daemon=True)
        upward.start()
        assert process.stdout is not None
        try:
            while data := process.stdout.read(_CHUNK):
                connection.sendall(data)
        except OSError:
            pass  # the SDK has closed its end
        finally:
            process.terminate()
            # The other thread still reads from it, and a socket in use is not closed.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _send(connection: socket.socket, process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    try:
        while data := connection.recv(_CHUNK):
            process.stdin.write(data)
    except OSError:
        pass  # the far end is gone: reading from it ends the connection
    finally:
        process.terminate()

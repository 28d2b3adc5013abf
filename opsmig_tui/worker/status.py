"""Where a database stands, and alembic's own answer to what is pending."""

from __future__ import annotations

from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from . import protocol
from .connections import raw_connection
from .environment import load, run_environment
from .session import Session

OPTIONS = {"verbose": False, "check_heads": False}
"""What alembic's command line parses for ``alembic current``."""

_POSTGRESQL = """
SELECT current_database(), session_user::text, host(inet_server_addr()), inet_server_port(),
  current_setting('server_version'),
  has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
"""
_SYSTEM = "SELECT system_identifier::text FROM pg_catalog.pg_control_system()"


def status(session: Session, request: protocol.Status) -> protocol.StatusResult:
    """Read every database's position; `pending` and `heads` come from alembic."""
    if not session.settings.runner:
        kept = session.quick.answer()
        if kept is not None:
            _, script = load(session, "current", **OPTIONS)
            return _result(session, script, (kept,))
    databases, script = read_databases(session, keep=not session.settings.runner)
    return _result(session, script, tuple(databases))


def read_databases(
    session: Session, keep: bool = False
) -> tuple[list[protocol.DatabaseStatus], ScriptDirectory]:
    """(one status for each database that env.py configures, the history).

    `keep`: the next status may come from a session that is kept open (see quick.py).
    """
    databases: list[protocol.DatabaseStatus] = []
    session.quick.forget()

    def fn(heads: tuple[str, ...], context: MigrationContext) -> None:
        databases.append(database_status(context, heads))
        if keep and len(databases) == 1:
            session.quick.remember(databases[0], context)
        elif keep:
            session.quick.forget()  # several databases: env.py has to go through them

    script = run_environment(session, fn, "current", OPTIONS)
    return databases, script


def _result(
    session: Session, script: ScriptDirectory, databases: tuple[protocol.DatabaseStatus, ...]
) -> protocol.StatusResult:
    unknown = dict.fromkeys(v for d in databases for v in d.current if not is_known(script, v))
    pending: dict[str, None] = {}
    for database in databases:
        if not any(version in unknown for version in database.current):
            pending.update(dict.fromkeys(pending_revisions(script, database.current)))
    return protocol.StatusResult(
        databases=databases,
        heads=tuple(script.get_heads()),
        pending=tuple(pending),
        unknown=tuple(unknown),
        elapsed_ms=session.elapsed_ms(),
    )


def is_known(script: ScriptDirectory, version: str) -> bool:
    """Whether a file has exactly this id (alembic itself would take a prefix)."""
    try:
        found = script.get_revision(version)
    except CommandError:
        return False
    return found is not None and found.revision == version


def pending_revisions(script: ScriptDirectory, current: tuple[str, ...]) -> list[str]:
    """What ``upgrade heads`` would apply from `current`, in order."""
    steps: Any = script._upgrade_revs("heads", current)  # type: ignore[arg-type]
    return [step.revision.revision for step in steps]


def database_status(context: MigrationContext, heads: tuple[str, ...]) -> protocol.DatabaseStatus:
    """Identity and position of the database that `context` is connected to."""
    connection: Any = context.connection
    if connection is None or context.as_sql:
        identity = protocol.Identity(context.dialect.name, "", "")
        return protocol.DatabaseStatus(identity, "", heads)
    dialect = context.dialect
    identity, version = (
        _postgresql(connection) if dialect.name == "postgresql" else _other(connection)
    )
    schema = context.version_table_schema
    table = f"{schema}.{context.version_table}" if schema else context.version_table
    return protocol.DatabaseStatus(
        identity, version, tuple(sorted(heads)), table, getattr(dialect, "driver", "")
    )


def _postgresql(connection: Any) -> tuple[protocol.Identity, str]:
    database, user, address, port, version, may_ask = connection.execute(text(_POSTGRESQL)).one()
    host, asked_port = requested_address(connection)
    identity = protocol.Identity(
        dialect="postgresql",
        database=database,
        user=user,
        host=host,
        port=asked_port,
        server_address=address,
        server_port=port,
        system_identifier=connection.execute(text(_SYSTEM)).scalar() if may_ask else None,
    )
    return identity, version


def requested_address(connection: Any) -> tuple[Any, Any]:
    """(host, port) as the driver was asked for them; libpq's own answer where there is one."""
    raw = raw_connection(connection)
    info = getattr(raw, "info", None)
    if info is not None and hasattr(info, "host"):
        return info.host or None, int(info.port) if info.port else None
    address = getattr(raw, "_addr", None)  # asyncpg: a (host, port) pair or a socket's path
    socket = getattr(raw, "_usock", None)  # pg8000
    if socket is not None and isinstance(socket.getpeername(), str):
        address = socket.getpeername()
    if isinstance(address, tuple) and len(address) >= 2:
        return address[0], int(address[1])
    if isinstance(address, str):
        folder, _, port = address.rpartition("/.s.PGSQL.")
        return folder, int(port)
    url = connection.engine.url
    return url.host, url.port


def _other(connection: Any) -> tuple[protocol.Identity, str]:
    url = connection.engine.url
    info = getattr(connection.dialect, "server_version_info", None) or ()
    is_mariadb = getattr(connection.dialect, "is_mariadb", False)
    identity = protocol.Identity(
        dialect="mariadb" if is_mariadb else connection.dialect.name,
        database=url.database or "",
        user=url.username or "",
        host=_socket(connection) or url.host,
        port=url.port,
    )
    return identity, ".".join(str(part) for part in info)


def _socket(connection: Any) -> Any:
    """The Unix socket that MySQL is reached by, None where it is not.

    PyMySQL and Connector/Python know it; mysqlclient takes the URL's for localhost only.
    """
    url = connection.engine.url
    found = getattr(raw_connection(connection), "unix_socket", None)
    if not found and url.host in (None, "", "localhost"):
        found = url.query.get("unix_socket")
    return found if isinstance(found, str) and found else None

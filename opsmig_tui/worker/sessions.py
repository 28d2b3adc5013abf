"""Who else is connected to the server: asked before it is stopped."""

from __future__ import annotations

from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from . import protocol
from .environment import run_environment
from .session import Session

# Of all databases, for all of them lose their server. This tool's own sessions are named so
# (connections.py) and come from where this one comes from.
_SESSIONS = """
SELECT coalesce(application_name, ''), coalesce(usename::text, ''), coalesce(datname::text, ''),
  count(*)
FROM pg_catalog.pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
  AND NOT (application_name = 'opsmig' AND client_addr IS NOT DISTINCT FROM inet_client_addr())
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3
"""


def sessions(session: Session, request: protocol.Sessions) -> protocol.SessionsResult:
    """The other sessions of every server that env.py configures; of PostgreSQL alone."""
    found: list[protocol.SessionGroup] = []

    def fn(heads: tuple[str, ...], context: MigrationContext) -> None:
        connection: Any = context.connection
        if connection is not None and context.dialect.name == "postgresql":
            found.extend(protocol.SessionGroup(*row) for row in connection.execute(text(_SESSIONS)))

    run_environment(session, fn)
    return protocol.SessionsResult(tuple(found))

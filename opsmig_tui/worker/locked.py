"""Reading the schema while somebody has a table locked: not waited for long, and told who it is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Optional

from .asking import raw_rows
from .errors import LOCK_NOT_AVAILABLE, WorkerError, database_details
from .protocol import Failed

# Only ACCESS EXCLUSIVE keeps anybody from reading a definition; who waits for it does so, too, as
# readers queue behind. Temporary tables are nobody else's. No parameters, no percent signs: drivers
# differ in how they read them. A prepared transaction's lock on its own number tells which it is.
_HOLDER = """
SELECT l.pid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), l.granted,
  coalesce(p.gid, ''), coalesce(a.application_name, ''), coalesce(a.usename, p.owner)::text,
  coalesce(a.state, ''), extract(epoch FROM clock_timestamp() - a.state_change)::int
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relpersistence <> 't'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
LEFT JOIN pg_catalog.pg_locks x ON l.pid IS NULL AND x.pid IS NULL AND x.granted
  AND x.locktype = 'transactionid' AND x.virtualtransaction = l.virtualtransaction
LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = x.transactionid
WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND l.pid IS DISTINCT FROM pg_backend_pid()
ORDER BY l.granted DESC, c.relkind NOT IN ('r', 'p'), a.xact_start, 2 LIMIT 1
"""
_CANNOT = "The schema cannot be read: "


@contextlib.contextmanager
def telling_who_locks(connection: Any) -> Iterator[None]:
    """Around what reads the schema through this connection, with a lock_timeout, and leaves its
    transaction as it was also where that fails. Raises WorkerError ("refused") after the timeout.
    """
    try:
        yield
    except Exception as error:
        if database_details(error).get("sqlstate") != LOCK_NOT_AVAILABLE:
            raise
        holders: list[Any] = []
        with contextlib.suppress(Exception):  # then it is told without a name
            holders = raw_rows(connection, _HOLDER)
        text = _CANNOT + (_told(*holders[0]) if holders else "a table was locked. Try again.")
        raise WorkerError(Failed("refused", text, sqlstate=LOCK_NOT_AVAILABLE)) from error


def _told(
    pid: Optional[int],
    table: str,
    granted: bool,
    gid: str,
    application: str,
    user: Optional[str],
    state: str,
    seconds: Optional[int],
) -> str:
    """Which table, who has it, and what to do about it."""
    if pid is None:
        literal = "'" + gid.replace("'", "''") + "'"
        who = f"the prepared transaction {literal} (user {user})"
        end = f"ROLLBACK PREPARED {literal}"
    else:
        since = f"{state} for {_age(seconds)}" if state and seconds is not None else state
        known = ", ".join(filter(None, (application, user and f"user {user}", since)))
        who = f"pid {pid} ({known})" if known else f"pid {pid}"
        end = f"SELECT pg_terminate_backend({pid})"
    has = f"{table} is locked by" if granted else f"readers of {table} queue behind the lock of"
    return f"{has} {who}. Wait until it lets go, or end it: {end}."


def _age(seconds: int) -> str:
    return f"{max(0, seconds)} s" if seconds < 120 else f"{seconds // 60} min"

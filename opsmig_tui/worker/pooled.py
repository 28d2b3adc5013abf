"""Signs of a pooler between us and the server, which gives each transaction another session."""

from __future__ import annotations

from typing import Any, Optional

from .asking import raw_rows
from .connections import driver_connection, raw_connection
from .watchsql import OWN_PID

REHEARSED_PAST_IT = (
    "A connection pooler stands in between, which keeps sessions open and hands them on to others. "
    "Rehearse over a connection to the server itself."
)


def told_pid(dbapi: Any) -> Optional[int]:
    """The server process that the driver was told it talks to; a pooler tells a number of its own.

    None where the driver does not say.
    """
    raw = driver_connection(dbapi)
    key = getattr(raw, "_backend_key_data", None)  # pg8000: the process, then a secret
    if isinstance(key, bytes):
        return int.from_bytes(key[:4], "big", signed=True)
    ask = getattr(raw, "get_server_pid", None)  # asyncpg
    pid = ask() if ask is not None else getattr(getattr(raw, "info", None), "backend_pid", None)
    return pid if isinstance(pid, int) else None


def is_pooled(connection: Any) -> bool:
    """Whether another server process answers than the driver was told. Of PostgreSQL."""
    told = told_pid(raw_connection(connection))
    return told is not None and told != raw_rows(connection, OWN_PID)[0][0]

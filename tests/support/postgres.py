"""SQL from a test: on the sample's database, in the role the sample uses."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from opsmig_tui.demo import SampleProject


def connect(project: SampleProject) -> psycopg.Connection[Any]:
    """A connection to the sample's database as its owner, in autocommit. Close it."""
    libpq = project.url.replace("postgresql+psycopg://", "postgresql://")
    return psycopg.connect(libpq, autocommit=True)


def run_sql(project: SampleProject, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Run one query (or, without parameters, several) and return the rows of the last."""
    with connect(project) as connection:
        cursor = connection.execute(query.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def locked(project: SampleProject, table: str) -> Iterator[int]:
    """Another session, of the application nightly, holds ACCESS EXCLUSIVE on the table and does
    nothing more; its pid. Not for ever: who waits for it after all fails a test, and does not hang
    it."""
    with closing(connect(project)) as connection:
        connection.execute("SET application_name = 'nightly'")
        connection.execute("SET idle_in_transaction_session_timeout = '40s'")
        with connection.transaction():
            connection.execute(f"LOCK TABLE {table}".encode())
            yield connection.info.backend_pid

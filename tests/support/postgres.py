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
def locked(project: SampleProject, table: str) -> Iterator[None]:
    """Another session holds ACCESS EXCLUSIVE on the table, and does nothing more."""
    with closing(connect(project)) as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {table}".encode())
        yield

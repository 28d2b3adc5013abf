"""An env.py for each driver of PostgreSQL, all on one database by its Unix socket."""

from __future__ import annotations

from dataclasses import dataclass

from opsmig_tui.demo import server as embedded

_SYNC = """
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine({url!r}, poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
_ASYNC = """
import asyncio
from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

def work(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    engine = create_async_engine({url!r}, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(work)
        {after}
    await engine.dispose()

asyncio.run(main())
"""
RAW = "op.get_bind().connection.driver_connection"
AWAIT = "op.get_bind().connection.dbapi_connection.run_async"


@dataclass(frozen=True)
class Driver:
    """How a migration commits below SQLAlchemy, and connects once more as `{host}`, `{rest}`."""

    name: str
    commit: str
    connect: str
    asynchronous: bool = False

    def url(self, url: str) -> str:
        """`url` is psycopg's."""
        found = url.replace("+psycopg:", f"+{self.name}:", 1)
        if self.name == "pg8000":  # it takes the path of the socket itself
            login, _, query = found.partition("?")
            host, port = (part.partition("=")[2] for part in query.split("&"))
            return f"{login}?unix_sock={host}/.s.PGSQL.{port}"
        return found

    def env(self, url: str, after: str = "await connection.commit()") -> str:
        text = _ASYNC if self.asynchronous else _SYNC
        return text.format(url=self.url(url), after=after)


def login(postgres: embedded.Server, url: str, password: str) -> str:
    """`url` with a role that acts as the usual one: pg8000 takes no password that is stretched as
    little as that one's."""
    with postgres.connect() as connection:
        connection.execute("SET scram_iterations = 4096")
        connection.execute(
            f"""DO $$ BEGIN
            IF to_regrole('ops_slow') IS NULL THEN
              CREATE ROLE ops_slow LOGIN PASSWORD '{password}' IN ROLE {embedded.ROLE};
              ALTER ROLE ops_slow SET role = {embedded.ROLE};
            END IF; END $$""".encode()
        )
    return url.replace(f"//{embedded.ROLE}:", "//ops_slow:")


DRIVERS = {
    "psycopg2": Driver("psycopg2", f"{RAW}.commit()", "import psycopg2\npsycopg2.connect('')"),
    "pg8000": Driver(
        "pg8000", f"{RAW}.commit()", "import pg8000.dbapi\npg8000.dbapi.connect('ops')"
    ),
    "asyncpg": Driver(
        "asyncpg", f"{AWAIT}(lambda raw: raw.execute('COMMIT'))",
        f"import asyncpg\n{AWAIT}(lambda raw: asyncpg.connect())", asynchronous=True,
    ),
    "psycopg, async": Driver(
        "psycopg", f"{AWAIT}(lambda raw: raw.commit())",
        f"import psycopg\n{AWAIT}(lambda raw: psycopg.AsyncConnection.connect(''))",
        asynchronous=True,
    ),
}  # fmt: skip

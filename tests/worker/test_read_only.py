"""A reader, and a runner before its run, cannot change a database."""

from typing import Any

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.worker.conftest import Start, Told, add_revision, upgrade

WRITES = {
    "an engine's session": "with create_engine(settings.database_url()).begin() as c:\n"
    "    c.exec_driver_sql('CREATE TABLE public.side_effect ()')\n",
    "an engine in autocommit": "engine = create_engine(settings.database_url(), "
    "isolation_level='AUTOCOMMIT')\nwith engine.connect() as c:\n"
    "    c.exec_driver_sql('CREATE TABLE public.side_effect ()')\n",
    "the driver's own session": "import psycopg\n"
    "psycopg.connect(settings.database_url().replace('+psycopg', ''), autocommit=True)"
    ".execute('CREATE TABLE public.side_effect ()')\n",
}


@pytest.mark.parametrize("runner", [False, True], ids=["reader", "runner"])
@pytest.mark.parametrize("code", WRITES.values(), ids=WRITES)
async def test_nothing_is_written_before_a_run_was_confirmed(
    start: Start, sample: SampleProject, sql: Any, code: str, runner: bool
) -> None:
    env = sample.backend / "alembic" / "env.py"
    env.write_text(f"from models import settings\nfrom sqlalchemy import create_engine\n{code}")
    with pytest.raises(WorkerFailed) as caught:
        await start(runner=runner).request(protocol.Status())
    assert caught.value.failed.sqlstate == "25006"
    assert sql("SELECT to_regclass('public.side_effect')") == [(None,)]


async def test_a_run_after_other_requests_may_write(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    await client.request(protocol.Status())
    await client.request(protocol.Drift())
    add_revision(sample, "print('options', os.environ.get('PGOPTIONS'))")
    told = Told()
    result = await upgrade(client, told=told)
    assert sql("SELECT version_num FROM public.alembic_version") == [result.current]
    assert "options None" in [line.text for line in told.of(protocol.Output)]

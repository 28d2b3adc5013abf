"""A table that another session has locked does not keep a reader; a run waits as it likes."""

import re

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.postgres import locked
from tests.worker.conftest import Start, Told, add_revision, upgrade
from tests.worker.drivers import DRIVERS, login

WORDS = "a table is locked by another session, so nothing was read"
ENGINES = {
    "as it is": ("", ""),
    "in autocommit": ("poolclass=", "isolation_level='AUTOCOMMIT', poolclass="),
    "patient by itself": ("-c search_path", "-c lock_timeout=600s -c search_path"),
}


@pytest.mark.parametrize(("old", "new"), ENGINES.values(), ids=ENGINES)
async def test_what_compares_gives_up_in_plain_words(
    start: Start, sample: SampleProject, old: str, new: str
) -> None:
    env = sample.backend / "alembic" / "env.py"
    assert old in env.read_text()
    env.write_text(env.read_text().replace(old, new) if old else env.read_text())
    client = start()
    with locked(sample, "ops.site"):
        with pytest.raises(WorkerFailed) as caught:
            await client.request(protocol.Drift(), timeout=60)
        facts = await client.request(protocol.GatherFacts(), timeout=60)
        plan = await client.request(protocol.Plan("upgrade", "head"))
    failed = caught.value.failed
    assert (failed.kind, failed.sqlstate, failed.message) == ("database", "55P03", WORDS)
    assert "at the next change" in failed.hint
    assert (failed.statement, failed.traceback, failed.file) == ("", "", None)
    assert facts.models is not None
    assert facts.database_problem == WORDS
    assert len(plan.steps) == 2
    assert (await client.request(protocol.Drift())).operations
    assert (await client.request(protocol.GatherFacts())).database is not None


@pytest.mark.parametrize("driver", DRIVERS)
async def test_a_reader_waits_for_a_second_with_each_driver(
    start: Start,
    sample: SampleProject,
    postgres: embedded.Server,
    role_password: str,
    driver: str,
) -> None:
    shown = "print(connection.exec_driver_sql('SHOW lock_timeout').scalar())"
    text = DRIVERS[driver].env(login(postgres, sample.url, role_password))
    env = sample.backend / "alembic" / "env.py"
    env.write_text(
        re.sub(r"^( +)context\.configure", rf"\1{shown}\n\1context.configure", text, flags=re.M)
    )
    told = Told()
    await start().request(protocol.Status(), told)
    await start(runner=True).request(protocol.Status(), told)
    assert [line.text for line in told.of(protocol.Output)] == ["1s", "0"]


async def test_a_run_waits_as_it_is_told(start: Start, sample: SampleProject) -> None:
    add_revision(
        sample,
        "print('waits', op.get_bind().exec_driver_sql('SHOW lock_timeout').scalar())\n"
        "print('options', os.environ.get('PGOPTIONS'))",
    )
    client = start(runner=True)
    await client.request(protocol.Status())
    told = Told()
    await upgrade(client, told=told)
    said = [line.text for line in told.of(protocol.Output)]
    assert said[-2:] == ["waits 0", "options None"]

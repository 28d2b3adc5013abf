"""The sessions that guard a run, while they are opened: a cancel comes, or another run is there."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from opsmig_tui.demo import SampleProject, point_to
from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.forwarder import forwarded
from tests.support.postgres import run_sql
from tests.worker.conftest import Start, add_revision, run_of
from tests.worker.rehearsals import request_of
from tests.worker.watched import Live

OURS = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'opsmig' AND datname = %s"

pytestmark = pytest.mark.usefixtures("at_head")


class Gate:
    """Holds the n-th session from now on, counted from 1, until `opened` is set."""

    def __init__(self) -> None:
        self._left = 0
        self._lock = threading.Lock()
        self.reached, self.opened = threading.Event(), threading.Event()

    def hold(self, number: int) -> None:
        self._left = number

    def __call__(self) -> None:
        with self._lock:
            self._left -= 1
            held = self._left == 0
        if held:
            self.reached.set()
            assert self.opened.wait(60)


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not there():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("number", [2, 3], ids=["guard", "watcher"])
async def test_cancelled_while_a_session_is_opened(
    number: int, start: Start, sample: SampleProject, postgres: embedded.Server
) -> None:
    """It is over at once, and the session that opens in the end holds no lock and goes."""
    add_revision(sample, "op.execute('CREATE TABLE ops.more (id integer)')")
    gate = Gate()
    with forwarded(postgres, before=gate) as port:
        login = sample.url.partition("@")[0]
        point_to(sample.root, f"{login}@127.0.0.1:{port}/{sample.database}")
        client = start(runner=True)
        plan = await client.request(protocol.Plan("upgrade", "head"))
        gate.hold(number)
        task = asyncio.create_task(client.request(run_of(plan)))
        assert await asyncio.to_thread(gate.reached.wait, 30)
        client.cancel_running()
        with pytest.raises(WorkerFailed) as caught:
            await asyncio.wait_for(task, 10)
        assert caught.value.failed.kind == "cancelled"
        gate.opened.set()
        await until(lambda: not run_sql(sample, OURS, sample.database))
        result = await client.request(run_of(plan))
        assert result.applied == (plan.steps[0].revision,)
        await client.stop()


async def test_locks_of_another_run_hide_not_that_it_is_there(
    start: Start, sample: SampleProject
) -> None:
    """What a view is made of cannot be read while its table is locked."""
    run_sql(sample, "CREATE VIEW ops.seen AS SELECT * FROM ops.vendor")
    wait = 'op.execute("SELECT pg_sleep(600)")'
    add_revision(sample, f'op.execute("ALTER TABLE ops.vendor ADD COLUMN more int")\n{wait}')
    first, second, told = start(runner=True), start(runner=True), Live()
    plan = await first.request(protocol.Plan("upgrade", "head"))
    await second.request(protocol.Plan("upgrade", "head"))
    run = asyncio.create_task(first.request(run_of(plan), told))
    await told.until(lambda one: isinstance(one, protocol.SqlStart) and "pg_sleep" in one.sql)
    with pytest.raises(WorkerFailed) as caught:
        await asyncio.wait_for(second.request(request_of(plan)), 20)
    assert caught.value.failed.kind == "locked"
    assert "Another run holds this database" in caught.value.failed.message
    first.cancel_running()
    with pytest.raises(WorkerFailed):
        await run
